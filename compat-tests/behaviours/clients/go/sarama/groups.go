package main

import (
	"fmt"
	"slices"

	"github.com/IBM/sarama"

	"ottla/compat-tests/lines"
)

func (c *call) listGroups(*lines.Args) (any, error) {
	found, err := c.admin.ListConsumerGroups()
	if err != nil {
		return nil, err
	}
	groups := []string{}
	for group := range found {
		groups = append(groups, group)
	}
	return groups, nil
}

func (c *call) describeGroup(args *lines.Args) (any, error) {
	found, err := c.admin.DescribeConsumerGroups([]string{args.Group})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d answers for one group", len(found))
	}
	members := []map[string]any{}
	for _, each := range found[0].Members {
		assigned, err := each.GetMemberAssignment()
		if err != nil {
			return nil, err
		}
		partitions := []int32{}
		if assigned != nil {
			for _, held := range assigned.Topics {
				partitions = append(partitions, held...)
			}
		}
		slices.Sort(partitions)
		members = append(members, map[string]any{"partitions": partitions})
	}
	return map[string]any{"state": found[0].State, "members": members}, asError(found[0].Err)
}

func (c *call) offsetsOf(args *lines.Args) (map[int32]int64, error) {
	partitions, err := c.client.Partitions(args.Topic)
	if err != nil {
		return nil, err
	}
	found, err := c.admin.ListConsumerGroupOffsets(args.Group, map[string][]int32{args.Topic: partitions})
	if err != nil {
		return nil, err
	}
	offsets := make(map[int32]int64)
	for _, partition := range partitions {
		block := found.GetBlock(args.Topic, partition)
		if block == nil {
			continue
		}
		if block.Err != sarama.ErrNoError {
			return nil, block.Err
		}
		if block.Offset >= 0 {
			offsets[partition] = block.Offset
		}
	}
	return offsets, asError(found.Err)
}

func (c *call) committed(args *lines.Args) (any, error) {
	return c.offsetsOf(args)
}

func (c *call) lag(args *lines.Args) (any, error) {
	committed, err := c.offsetsOf(args)
	if err != nil {
		return nil, err
	}
	lags := make(map[int32]int64)
	for partition, at := range committed {
		end, err := offset(c.client, args.Topic, partition, sarama.OffsetNewest)
		if err != nil {
			return nil, err
		}
		lags[partition] = end - at
	}
	return lags, nil
}

func (c *call) setCommitted(args *lines.Args) (any, error) {
	offset := sarama.OffsetAndMetadata{Offset: args.Offset, LeaderEpoch: -1}
	offsets := map[string]map[int32]sarama.OffsetAndMetadata{args.Topic: {args.PartitionNumber(): offset}}
	answer, err := c.admin.AlterConsumerGroupOffsets(args.Group, offsets, nil)
	if err != nil {
		return nil, err
	}
	return true, asError(answer.Errors[args.Topic][args.PartitionNumber()])
}

func (c *call) deleteCommitted(args *lines.Args) (any, error) {
	return true, c.admin.DeleteConsumerGroupOffset(args.Group, args.Topic, args.PartitionNumber())
}

func (c *call) deleteGroup(args *lines.Args) (any, error) {
	return true, c.admin.DeleteConsumerGroup(args.Group)
}

func (c *call) removeMember(args *lines.Args) (any, error) {
	left, err := c.admin.RemoveMemberFromConsumerGroup(args.Group, []string{args.ID})
	if err != nil {
		return nil, err
	}
	for _, each := range left.Members {
		if each.Err != sarama.ErrNoError {
			return nil, each.Err
		}
	}
	return true, asError(left.Err)
}
