package main

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"

	"ottla/compat-tests/lines"
)

func (f *franz) listGroups(*lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.ListGroups(ctx)
	if err != nil {
		return nil, err
	}
	return found.Groups(), nil
}

func (f *franz) describeGroup(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	found, err := f.admin.DescribeGroups(ctx, args.Group)
	if err != nil {
		return nil, err
	}
	group := found[args.Group]
	members := []map[string]any{}
	for _, each := range group.Members {
		held := make(map[int32]bool)
		if assigned, ok := each.Assigned.AsConsumer(); ok {
			for _, topic := range assigned.Topics {
				for _, partition := range topic.Partitions {
					held[partition] = true
				}
			}
		}
		members = append(members, map[string]any{"partitions": numbers(held)})
	}
	return map[string]any{"state": group.State, "members": members}, group.Err
}

func (f *franz) offsetsOf(ctx context.Context, args *lines.Args) (map[int32]int64, error) {
	found, err := f.admin.FetchOffsets(ctx, args.Group)
	if err != nil {
		return nil, err
	}
	offsets := make(map[int32]int64)
	for partition, each := range found[args.Topic] {
		if each.Err != nil {
			return nil, each.Err
		}
		if each.At >= 0 {
			offsets[partition] = each.At
		}
	}
	return offsets, nil
}

func (f *franz) committed(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	return f.offsetsOf(ctx, args)
}

func (f *franz) lag(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	committed, err := f.offsetsOf(ctx, args)
	if err != nil {
		return nil, err
	}
	ends, err := f.admin.ListEndOffsets(ctx, args.Topic)
	if err != nil {
		return nil, err
	}
	lags := make(map[int32]int64)
	for partition, at := range committed {
		end, _ := ends.Lookup(args.Topic, partition)
		lags[partition] = end.Offset - at
	}
	return lags, ends.Error()
}

func (f *franz) setCommitted(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	offsets := make(kadm.Offsets)
	offsets.AddOffset(args.Topic, args.PartitionNumber(), args.Offset, -1)
	return true, f.admin.CommitAllOffsets(ctx, args.Group, offsets)
}

func (f *franz) deleteCommitted(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	deleted, err := f.admin.DeleteOffsets(ctx, args.Group, onePartition(args))
	if err != nil {
		return nil, err
	}
	refusal, _ := deleted.Lookup(args.Topic, args.PartitionNumber())
	return true, refusal
}

func (f *franz) deleteGroup(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	deleted, err := f.admin.DeleteGroup(ctx, args.Group)
	if err != nil {
		return nil, err
	}
	return true, deleted.Err
}

func (f *franz) removeMember(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	left, err := f.admin.LeaveGroup(ctx, kadm.LeaveGroup(args.Group).InstanceIDs(args.ID))
	if err != nil {
		return nil, err
	}
	return true, left[args.ID].Err
}
