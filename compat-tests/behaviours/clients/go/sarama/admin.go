package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/IBM/sarama"

	"ottla/compat-tests/lines"
)

func (c *call) createTopic(args *lines.Args) (any, error) {
	partitions, err := args.PartitionCount()
	if err != nil {
		return nil, err
	}
	return true, c.admin.CreateTopic(args.Topic, &sarama.TopicDetail{
		NumPartitions: partitions, ReplicationFactor: args.Replication(), ConfigEntries: args.ConfigPointers(),
	}, args.ValidateOnly)
}

func (c *call) deleteTopic(args *lines.Args) (any, error) {
	return true, c.admin.DeleteTopic(args.Topic)
}

func (c *call) listTopics(*lines.Args) (any, error) {
	found, err := c.admin.ListTopics()
	if err != nil {
		return nil, err
	}
	names := []string{}
	for name := range found {
		names = append(names, name)
	}
	return names, nil
}

func (c *call) topic(args *lines.Args) (*sarama.TopicMetadata, error) {
	found, err := c.admin.DescribeTopics([]string{args.Topic})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d answers for one topic", len(found))
	}
	return found[0], asError(found[0].Err)
}

func (c *call) describeTopic(args *lines.Args) (any, error) {
	found, err := c.topic(args)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found.Partitions, func(a, b *sarama.PartitionMetadata) int { return int(a.ID - b.ID) })
	partitions := []map[string]any{}
	for _, each := range found.Partitions {
		partitions = append(partitions, map[string]any{
			"index": each.ID, "leader": each.Leader, "replicas": each.Replicas, "isr": each.Isr,
		})
	}
	return map[string]any{"partitions": partitions}, nil
}

func (c *call) topicID(args *lines.Args) (any, error) {
	found, err := c.topic(args)
	if err != nil {
		return nil, err
	}
	return found.Uuid.String(), nil
}

func (c *call) createPartitions(args *lines.Args) (any, error) {
	return true, c.admin.CreatePartitions(args.Topic, int32(args.Count), nil, false)
}

func (c *call) topicConfigs(args *lines.Args) (any, error) {
	return c.configs(sarama.TopicResource, args.Topic)
}

func (c *call) brokerConfigs(args *lines.Args) (any, error) {
	return c.configs(sarama.BrokerResource, strconv.Itoa(int(args.Broker)))
}

func (c *call) configs(kind sarama.ConfigResourceType, name string) (any, error) {
	found, err := c.admin.DescribeConfig(sarama.ConfigResource{Type: kind, Name: name})
	if err != nil {
		return nil, err
	}
	values := make(map[string]lines.ConfigValue)
	for _, each := range found {
		values[each.Name] = lines.ConfigValue{Value: &each.Value, IsDefault: each.Source == sarama.SourceDefault}
	}
	return values, nil
}

func (c *call) setConfig(args *lines.Args) (any, error) {
	value, err := args.TextValue()
	if err != nil {
		return nil, err
	}
	return c.alterConfig(args, sarama.IncrementalAlterConfigsEntry{Operation: sarama.IncrementalAlterConfigsOperationSet, Value: value})
}

func (c *call) unsetConfig(args *lines.Args) (any, error) {
	return c.alterConfig(args, sarama.IncrementalAlterConfigsEntry{Operation: sarama.IncrementalAlterConfigsOperationDelete})
}

func (c *call) alterConfig(args *lines.Args, change sarama.IncrementalAlterConfigsEntry) (any, error) {
	if c.client.Config().Version.IsAtLeast(sarama.V2_3_0_0) {
		changes := map[string]sarama.IncrementalAlterConfigsEntry{args.Name: change}
		return true, c.admin.IncrementalAlterConfig(sarama.TopicResource, args.Topic, changes, false)
	}
	// Before Kafka 2.3 all configs of a topic were set at once, so changing one means naming the others too.
	found, err := c.admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: args.Topic})
	if err != nil {
		return nil, err
	}
	configs := make(map[string]*string)
	for _, each := range found {
		if each.Source == sarama.SourceTopic {
			configs[each.Name] = &each.Value
		}
	}
	delete(configs, args.Name)
	if change.Value != nil {
		configs[args.Name] = change.Value
	}
	return true, c.admin.AlterConfig(sarama.TopicResource, args.Topic, configs, false)
}

func (c *call) cluster(*lines.Args) (any, error) {
	found, _, err := c.admin.DescribeCluster()
	if err != nil {
		return nil, err
	}
	brokers := []map[string]any{}
	for _, each := range found {
		host, service, err := net.SplitHostPort(each.Addr())
		if err != nil {
			return nil, err
		}
		port, err := strconv.Atoi(service)
		if err != nil {
			return nil, err
		}
		brokers = append(brokers, map[string]any{"id": each.ID(), "host": host, "port": port})
	}
	return map[string]any{"brokers": brokers}, nil
}

// sarama asks for offsets twice at most; a broker that has just started may not lead by then.
func offset(reader sarama.Client, topic string, partition int32, at int64) (int64, error) {
	deadline := time.Now().Add(patience)
	for {
		found, err := reader.GetOffset(topic, partition, at)
		if !errors.Is(err, sarama.ErrNotLeaderForPartition) || time.Now().After(deadline) {
			return found, err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (c *call) offsetAt(args *lines.Args) (any, error) {
	at := sarama.OffsetNewest
	if args.At.TimestampMs != nil {
		at = *args.At.TimestampMs
	} else if args.At.Word == "earliest" {
		at = sarama.OffsetOldest
	}
	return offset(c.client, args.Topic, args.PartitionNumber(), at)
}

func (c *call) deleteRecords(args *lines.Args) (any, error) {
	before := map[int32]int64{args.PartitionNumber(): args.Before}
	if err := c.admin.DeleteRecords(args.Topic, before); err != nil {
		return nil, err
	}
	return offset(c.client, args.Topic, args.PartitionNumber(), sarama.OffsetOldest)
}

func (c *call) logDirs(args *lines.Args) (any, error) {
	brokers, _, err := c.admin.DescribeCluster()
	if err != nil {
		return nil, err
	}
	found, err := c.admin.DescribeLogDirs([]int32{brokers[0].ID()})
	if err != nil {
		return nil, err
	}
	sizes := make(map[int32]int64)
	for _, directory := range found[brokers[0].ID()] {
		for _, topic := range directory.Topics {
			for _, partition := range topic.Partitions {
				if topic.Topic == args.Topic {
					sizes[partition.PartitionID] = partition.Size
				}
			}
		}
	}
	return sizes, nil
}

func (c *call) electLeader(args *lines.Args) (any, error) {
	wanted := map[string][]int32{args.Topic: {args.PartitionNumber()}}
	results, err := c.admin.ElectLeaders(sarama.PreferredElection, wanted)
	if err != nil {
		return nil, err
	}
	result, exists := results[args.Topic][args.PartitionNumber()]
	if !exists {
		return nil, fmt.Errorf("no answer for partition %d", args.PartitionNumber())
	}
	return true, asError(result.ErrorCode)
}

// sarama reassigns all partitions of a topic at once, beginning with the first.
func (c *call) reassign(args *lines.Args) (any, error) {
	return true, c.admin.AlterPartitionReassignments(args.Topic, [][]int32{args.Replicas})
}

func (c *call) reassignments(args *lines.Args) (any, error) {
	found, err := c.admin.ListPartitionReassignments(args.Topic, []int32{0})
	if err != nil {
		return nil, err
	}
	moving := []int32{}
	for partition := range found[args.Topic] {
		moving = append(moving, partition)
	}
	return moving, nil
}

func (c *call) setQuota(args *lines.Args) (any, error) {
	value, err := args.NumberValue()
	if err != nil {
		return nil, err
	}
	change := sarama.ClientQuotasOp{Key: args.Name, Remove: value == nil}
	if value != nil {
		change.Value = *value
	}
	entity := []sarama.QuotaEntityComponent{{EntityType: sarama.QuotaEntityUser, MatchType: sarama.QuotaMatchExact, Name: args.User}}
	return true, c.admin.AlterClientQuotas(entity, change, false)
}

func (c *call) quotas(args *lines.Args) (any, error) {
	filter := []sarama.QuotaFilterComponent{{EntityType: sarama.QuotaEntityUser, MatchType: sarama.QuotaMatchExact, Match: args.User}}
	found, err := c.admin.DescribeClientQuotas(filter, true)
	if err != nil {
		return nil, err
	}
	values := make(map[string]float64)
	for _, quota := range found {
		for name, value := range quota.Values {
			values[name] = value
		}
	}
	return values, nil
}

func (c *call) setScram(args *lines.Args) (any, error) {
	var results []*sarama.AlterUserScramCredentialsResult
	var err error
	if args.Iterations == nil {
		results, err = c.admin.DeleteUserScramCredentials([]sarama.AlterUserScramCredentialsDelete{
			{Name: args.User, Mechanism: sarama.SCRAM_MECHANISM_SHA_256},
		})
	} else {
		results, err = c.admin.UpsertUserScramCredentials([]sarama.AlterUserScramCredentialsUpsert{{
			Name: args.User, Mechanism: sarama.SCRAM_MECHANISM_SHA_256, Iterations: *args.Iterations,
			Salt: []byte("a salt"), Password: []byte("secret"),
		}})
	}
	if err != nil {
		return nil, err
	}
	for _, each := range results {
		if each.ErrorCode != sarama.ErrNoError {
			return nil, each.ErrorCode
		}
	}
	return true, nil
}

func (c *call) scram(args *lines.Args) (any, error) {
	found, err := c.admin.DescribeUserScramCredentials([]string{args.User})
	if err != nil {
		return nil, err
	}
	iterations := make(map[string]int32)
	for _, user := range found {
		if user.ErrorCode != sarama.ErrNoError {
			return nil, user.ErrorCode
		}
		for _, each := range user.CredentialInfos {
			iterations[each.Mechanism.String()] = each.Iterations
		}
	}
	return iterations, nil
}
