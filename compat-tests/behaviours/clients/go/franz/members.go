package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"ottla/compat-tests/lines"
)

// A member is read by one goroutine, which does between two polls what it is asked to.
type member struct {
	client  *kgo.Client
	topic   string
	line    *lines.Line
	asked   chan func()
	stop    context.CancelFunc
	stopped chan struct{}

	mutex    sync.Mutex
	held     map[int32]bool
	given    map[int32]bool
	received []lines.Consumed
	fault    *lines.Fault
	leaving  bool
}

type members struct{ byName sync.Map }

func (m *members) get(args *lines.Args) *member {
	found, _ := m.byName.Load(args.Member)
	return found.(*member)
}

func (f *franz) join(args *lines.Args) (any, error) {
	it := &member{
		topic: args.Topic, line: &lines.Line{}, asked: make(chan func()), stopped: make(chan struct{}),
		held: make(map[int32]bool), given: make(map[int32]bool), received: []lines.Consumed{},
	}
	start := kgo.NewOffset().AtStart()
	if args.From.Word == "latest" {
		start = kgo.NewOffset().AtEnd()
	}
	balancer := kgo.RangeBalancer()
	if args.Assignor == "cooperative-sticky" {
		balancer = kgo.CooperativeStickyBalancer()
	}
	sessionTimeout := 10 * time.Second
	if args.SessionTimeoutMs > 0 {
		sessionTimeout = time.Duration(args.SessionTimeoutMs) * time.Millisecond
	}
	options := append(common(f.address),
		kgo.Dialer(it.line.DialContext),
		kgo.ConsumerGroup(args.Group),
		kgo.ConsumeTopics(args.Topic),
		kgo.ConsumeResetOffset(start),
		kgo.Balancers(balancer),
		kgo.SessionTimeout(sessionTimeout),
		kgo.RebalanceTimeout(10*time.Second),
		kgo.HeartbeatInterval(300*time.Millisecond),
		kgo.FetchMaxWait(200*time.Millisecond),
		kgo.OnPartitionsAssigned(it.assigned),
		kgo.OnPartitionsRevoked(it.revoked(args.CommitOnLeave)),
		kgo.OnPartitionsLost(it.lost))
	if args.CommitOnLeave {
		options = append(options, kgo.GreedyAutoCommit())
	} else {
		options = append(options, kgo.DisableAutoCommit())
	}
	if args.InstanceID != "" {
		options = append(options, kgo.InstanceID(args.InstanceID))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, err
	}
	it.client = client
	ctx, stop := context.WithCancel(context.Background())
	it.stop = stop
	go it.read(ctx)
	f.members.byName.Store(args.Member, it)
	return true, nil
}

func (it *member) assigned(_ context.Context, _ *kgo.Client, assigned map[string][]int32) {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	for _, partition := range assigned[it.topic] {
		it.held[partition] = true
	}
}

func (it *member) revoked(commits bool) func(context.Context, *kgo.Client, map[string][]int32) {
	return func(ctx context.Context, client *kgo.Client, revoked map[string][]int32) {
		if commits {
			// What is not committed is read again: the suite sees that, so the error need not be told.
			_ = client.CommitUncommittedOffsets(ctx)
		}
		it.lost(ctx, client, revoked)
	}
}

func (it *member) lost(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	for _, partition := range lost[it.topic] {
		delete(it.held, partition)
		if !it.leaving {
			it.given[partition] = true
		}
	}
}

func (it *member) read(ctx context.Context) {
	defer close(it.stopped)
	for ctx.Err() == nil {
		select {
		case question := <-it.asked:
			question()
		default:
		}
		shortly, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		fetches := it.client.PollFetches(shortly)
		cancel()
		it.keep(fetches)
	}
}

func (it *member) keep(fetches kgo.Fetches) {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	fetches.EachRecord(func(record *kgo.Record) { it.received = append(it.received, consumed(record)) })
	fetches.EachError(func(_ string, _ int32, err error) {
		var kafka *kerr.Error
		if errors.As(err, &kafka) && !kafka.Retriable {
			it.fault = lines.FaultOf(err, codeOf)
		}
	})
}

// ask has the reading goroutine do something between two polls.
func (it *member) ask(question func() error) (any, error) {
	answer := make(chan error, 1)
	select {
	case it.asked <- func() { answer <- question() }:
		return true, <-answer
	case <-time.After(patience):
		return nil, errors.New("the member does not answer")
	}
}

func (it *member) end() {
	it.mutex.Lock()
	it.leaving = true
	it.mutex.Unlock()
	it.stop()
	<-it.stopped
}

// numbers copies a set of partitions in order.
func numbers(set map[int32]bool) []int32 {
	list := make([]int32, 0, len(set))
	for partition := range set {
		list = append(list, partition)
	}
	slices.Sort(list)
	return list
}

func (m *members) assignment(args *lines.Args) (any, error) {
	it := m.get(args)
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return numbers(it.held), nil
}

func (m *members) revoked(args *lines.Args) (any, error) {
	it := m.get(args)
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return numbers(it.given), nil
}

func (m *members) received(args *lines.Args) (any, error) {
	it := m.get(args)
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return slices.Clone(it.received), nil
}

func (m *members) fault(args *lines.Args) (any, error) {
	it := m.get(args)
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return it.fault, nil
}

func (m *members) pause(args *lines.Args) (any, error) {
	it := m.get(args)
	partitions, err := args.PartitionNumbers()
	if err != nil {
		return nil, err
	}
	return it.ask(func() error {
		it.client.PauseFetchPartitions(map[string][]int32{args.Topic: partitions})
		return nil
	})
}

func (m *members) resume(args *lines.Args) (any, error) {
	it := m.get(args)
	partitions, err := args.PartitionNumbers()
	if err != nil {
		return nil, err
	}
	return it.ask(func() error {
		it.client.ResumeFetchPartitions(map[string][]int32{args.Topic: partitions})
		return nil
	})
}

func (m *members) seek(args *lines.Args) (any, error) {
	it := m.get(args)
	there := kgo.EpochOffset{Epoch: -1, Offset: args.Offset}
	return it.ask(func() error {
		it.client.SetOffsets(map[string]map[int32]kgo.EpochOffset{args.Topic: {args.PartitionNumber(): there}})
		return nil
	})
}

func (m *members) commit(args *lines.Args) (any, error) {
	it := m.get(args)
	return it.ask(func() error {
		ctx, cancel := soon()
		defer cancel()
		return it.client.CommitUncommittedOffsets(ctx)
	})
}

func (m *members) leave(args *lines.Args) (any, error) {
	it := m.get(args)
	m.byName.Delete(args.Member)
	it.end()
	it.client.Close()
	return true, nil
}

func (m *members) vanish(args *lines.Args) (any, error) {
	it := m.get(args)
	m.byName.Delete(args.Member)
	it.line.Cut()
	it.end()
	go it.client.Close()
	return true, nil
}

func (m *members) leaveAll() {
	m.byName.Range(func(_, it any) bool {
		it.(*member).end()
		it.(*member).client.Close()
		return true
	})
}
