package main

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"

	"ottla/compat-tests/lines"
)

// Asking for the operations it may do, franz-go asks the broker and not what it keeps.
func (f *franz) topic(ctx context.Context, topic string) (kadm.TopicDetail, error) {
	found, err := f.admin.Metadata(kadm.WithAuthorizedOps(ctx), topic)
	if err != nil {
		return kadm.TopicDetail{}, err
	}
	return found.Topics[topic], found.Topics[topic].Err
}

func (f *franz) createTopic(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	partitions, err := args.PartitionCount()
	if err != nil {
		return nil, err
	}
	create := f.admin.CreateTopics
	if args.ValidateOnly {
		create = f.admin.ValidateCreateTopics
	}
	created, err := create(ctx, partitions, args.Replication(), args.ConfigPointers(), args.Topic)
	if err != nil {
		return nil, err
	}
	return true, created[args.Topic].Err
}

func (f *franz) deleteTopic(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	deleted, err := f.admin.DeleteTopic(ctx, args.Topic)
	if err != nil {
		return nil, err
	}
	return true, deleted.Err
}

func (f *franz) listTopics(*lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.ListTopics(kadm.WithAuthorizedOps(ctx))
	if err != nil {
		return nil, err
	}
	return found.Names(), nil
}

func (f *franz) describeTopic(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.topic(ctx, args.Topic)
	if err != nil {
		return nil, err
	}
	partitions := []map[string]any{}
	for _, each := range found.Partitions.Sorted() {
		partitions = append(partitions, map[string]any{
			"index": each.Partition, "leader": each.Leader, "replicas": each.Replicas, "isr": each.ISR,
		})
	}
	return map[string]any{"partitions": partitions}, nil
}

func (f *franz) topicID(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.topic(ctx, args.Topic)
	return found.ID.String(), err
}

func (f *franz) createPartitions(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	grown, err := f.admin.UpdatePartitions(ctx, args.Count, args.Topic)
	if err != nil {
		return nil, err
	}
	return true, grown[args.Topic].Err
}

func (f *franz) topicConfigs(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.DescribeTopicConfigs(ctx, args.Topic)
	return configs(found, err)
}

func (f *franz) brokerConfigs(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.DescribeBrokerConfigs(ctx, args.Broker)
	return configs(found, err)
}

func configs(found kadm.ResourceConfigs, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	values := make(map[string]lines.ConfigValue)
	for _, resource := range found {
		if resource.Err != nil {
			return nil, resource.Err
		}
		for _, each := range resource.Configs {
			values[each.Key] = lines.ConfigValue{Value: each.Value, IsDefault: each.Source == kmsg.ConfigSourceDefaultConfig}
		}
	}
	return values, nil
}

func (f *franz) setConfig(args *lines.Args) (any, error) {
	value, err := args.TextValue()
	if err != nil {
		return nil, err
	}
	return f.alterConfig(args.Topic, kadm.AlterConfig{Op: kadm.SetConfig, Name: args.Name, Value: value})
}

func (f *franz) unsetConfig(args *lines.Args) (any, error) {
	return f.alterConfig(args.Topic, kadm.AlterConfig{Op: kadm.DeleteConfig, Name: args.Name})
}

func (f *franz) alterConfig(topic string, change kadm.AlterConfig) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	altered, err := f.admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{change}, topic)
	if err != nil {
		return nil, err
	}
	for _, each := range altered {
		if each.Err != nil {
			return nil, each.Err
		}
	}
	return true, nil
}

func (f *franz) cluster(*lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.ListBrokers(ctx)
	if err != nil {
		return nil, err
	}
	brokers := []map[string]any{}
	for _, each := range found {
		brokers = append(brokers, map[string]any{"id": each.NodeID, "host": each.Host, "port": each.Port})
	}
	return map[string]any{"brokers": brokers}, nil
}

func (f *franz) broker(ctx context.Context) (kadm.BrokerApiVersions, error) {
	found, err := f.admin.ApiVersions(ctx)
	if err != nil {
		return kadm.BrokerApiVersions{}, err
	}
	for _, broker := range found {
		return broker, broker.Err
	}
	return kadm.BrokerApiVersions{}, fmt.Errorf("no broker")
}

func (f *franz) apiVersions(*lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	broker, err := f.broker(ctx)
	if err != nil {
		return nil, err
	}
	versions := make(map[string]map[string]int16)
	broker.EachKeySorted(func(key, min, max int16) {
		versions[kmsg.NameForKey(key)] = map[string]int16{"min": min, "max": max}
	})
	return versions, nil
}

func (f *franz) features(*lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	broker, err := f.broker(ctx)
	if err != nil {
		return nil, err
	}
	levels := make(map[string]int16)
	for _, each := range broker.Raw().FinalizedFeatures {
		levels[each.Name] = each.MaxVersionLevel
	}
	return levels, nil
}

func (f *franz) offsetAt(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	list := f.admin.ListEndOffsets
	switch {
	case args.At.TimestampMs != nil:
		list = func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
			return f.admin.ListOffsetsAfterMilli(ctx, *args.At.TimestampMs, topics...)
		}
	case args.At.Word == "earliest":
		list = f.admin.ListStartOffsets
	case args.At.Word == "max timestamp":
		list = f.admin.ListMaxTimestampOffsets
	}
	listed, err := list(ctx, args.Topic)
	if err != nil {
		return nil, err
	}
	found, exists := listed.Lookup(args.Topic, args.PartitionNumber())
	if !exists {
		return nil, fmt.Errorf("no answer for partition %d", args.PartitionNumber())
	}
	return found.Offset, found.Err
}

func (f *franz) deleteRecords(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	before := make(kadm.Offsets)
	before.AddOffset(args.Topic, args.PartitionNumber(), args.Before, -1)
	deleted, err := f.admin.DeleteRecords(ctx, before)
	if err != nil {
		return nil, err
	}
	found, _ := deleted.Lookup(args.Topic, args.PartitionNumber())
	return found.LowWatermark, found.Err
}

func (f *franz) logDirs(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.DescribeAllLogDirs(ctx, nil)
	if err != nil {
		return nil, err
	}
	sizes := make(map[int32]int64)
	found.Each(func(directory kadm.DescribedLogDir) {
		for partition, each := range directory.Topics[args.Topic] {
			sizes[partition] = each.Size
		}
	})
	return sizes, nil
}

func onePartition(args *lines.Args) kadm.TopicsSet {
	set := make(kadm.TopicsSet)
	set.Add(args.Topic, args.PartitionNumber())
	return set
}

func (f *franz) electLeader(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	results, err := f.admin.ElectLeaders(ctx, kadm.ElectPreferredReplica, onePartition(args))
	if err != nil {
		return nil, err
	}
	return true, results[args.Topic][args.PartitionNumber()].Err
}

func (f *franz) reassign(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	var request kadm.AlterPartitionAssignmentsReq
	request.Assign(args.Topic, args.PartitionNumber(), args.Replicas)
	answers, err := f.admin.AlterPartitionAssignments(ctx, request)
	if err != nil {
		return nil, err
	}
	return true, answers[args.Topic][args.PartitionNumber()].Err
}

func (f *franz) reassignments(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.ListPartitionReassignments(ctx, nil)
	if err != nil {
		return nil, err
	}
	moving := make(map[int32]bool)
	for partition := range found[args.Topic] {
		moving[partition] = true
	}
	return numbers(moving), nil
}

func (f *franz) activeProducers(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.DescribeProducers(ctx, onePartition(args))
	if err != nil {
		return nil, err
	}
	partition := found[args.Topic].Partitions[args.PartitionNumber()]
	producers := []map[string]any{}
	for _, each := range partition.ActiveProducers.Sorted() {
		producers = append(producers, map[string]any{"epoch": each.ProducerEpoch, "lastSequence": each.LastSequence})
	}
	return producers, partition.Err
}

func (f *franz) setQuota(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	value, err := args.NumberValue()
	if err != nil {
		return nil, err
	}
	change := kadm.AlterClientQuotaOp{Key: args.Name, Remove: value == nil}
	if value != nil {
		change.Value = *value
	}
	altered, err := f.admin.AlterClientQuotas(ctx, []kadm.AlterClientQuotaEntry{{
		Entity: kadm.ClientQuotaEntity{{Type: "user", Name: &args.User}},
		Ops:    []kadm.AlterClientQuotaOp{change},
	}})
	if err != nil {
		return nil, err
	}
	for _, each := range altered {
		if each.Err != nil {
			return nil, each.Err
		}
	}
	return true, nil
}

func (f *franz) quotas(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.DescribeClientQuotas(ctx, true, []kadm.DescribeClientQuotaComponent{
		{Type: "user", MatchName: &args.User, MatchType: kmsg.QuotasMatchTypeExact},
	})
	if err != nil {
		return nil, err
	}
	values := make(map[string]float64)
	for _, quota := range found {
		for _, each := range quota.Values {
			values[each.Key] = each.Value
		}
	}
	return values, nil
}

func (f *franz) setScram(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	var deleted []kadm.DeleteSCRAM
	var upserted []kadm.UpsertSCRAM
	if args.Iterations == nil {
		deleted = append(deleted, kadm.DeleteSCRAM{User: args.User, Mechanism: kadm.ScramSha256})
	} else {
		upserted = append(upserted, kadm.UpsertSCRAM{
			User: args.User, Mechanism: kadm.ScramSha256, Iterations: *args.Iterations, Password: "secret",
		})
	}
	altered, err := f.admin.AlterUserSCRAMs(ctx, deleted, upserted)
	if err != nil {
		return nil, err
	}
	return true, altered[args.User].Err
}

func (f *franz) scram(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.DescribeUserSCRAMs(ctx, args.User)
	if err != nil {
		return nil, err
	}
	iterations := make(map[string]int32)
	for _, each := range found[args.User].CredInfos {
		iterations[each.Mechanism.String()] = each.Iterations
	}
	return iterations, found[args.User].Err
}
