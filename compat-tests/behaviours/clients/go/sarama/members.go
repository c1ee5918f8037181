package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/IBM/sarama"

	"ottla/compat-tests/lines"
)

// A member is sarama's handler of its own group sessions.
type member struct {
	group   sarama.ConsumerGroup
	line    *lines.Line
	stop    context.CancelFunc
	stopped chan struct{}

	mutex    sync.Mutex
	topic    string
	session  sarama.ConsumerGroupSession
	last     map[int32]*sarama.ConsumerMessage
	held     []int32
	given    map[int32]bool
	received []lines.Consumed
	failure  *lines.Fault
	leaving  bool
}

// How long the broker may keep a fetch that finds nothing.
const fetchWait = 200 * time.Millisecond

type members struct{ byName sync.Map }

func (m *members) get(args *lines.Args) *member {
	found, _ := m.byName.Load(args.Member)
	return found.(*member)
}

func (c *client) join(args *lines.Args) (any, error) {
	it := &member{
		line: &lines.Line{}, stopped: make(chan struct{}), topic: args.Topic,
		last: make(map[int32]*sarama.ConsumerMessage), held: []int32{}, given: make(map[int32]bool), received: []lines.Consumed{},
	}
	config := c.config()
	config.Net.Proxy.Enable = true
	config.Net.Proxy.Dialer = it.line
	config.Consumer.MaxWaitTime = fetchWait
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	if args.From.Word == "latest" {
		config.Consumer.Offsets.Initial = sarama.OffsetNewest
	}
	config.Consumer.Offsets.AutoCommit.Enable = args.CommitOnLeave
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{sarama.NewBalanceStrategyRange()}
	config.Consumer.Group.Rebalance.Timeout = 10 * time.Second
	config.Consumer.Group.Heartbeat.Interval = 300 * time.Millisecond
	config.Consumer.Group.Session.Timeout = 10 * time.Second
	if args.SessionTimeoutMs > 0 {
		config.Consumer.Group.Session.Timeout = time.Duration(args.SessionTimeoutMs) * time.Millisecond
	}
	config.Consumer.Group.InstanceId = args.InstanceID
	group, err := sarama.NewConsumerGroup(c.address, args.Group, config)
	if err != nil {
		return nil, err
	}
	it.group = group
	ctx, stop := context.WithCancel(context.Background())
	it.stop = stop
	go it.read(ctx)
	go func() {
		for err := range group.Errors() {
			it.noteFault(err)
		}
	}()
	c.members.byName.Store(args.Member, it)
	return true, nil
}

// Each session ends with a rebalance, and the next one begins.
func (it *member) read(ctx context.Context) {
	defer close(it.stopped)
	for ctx.Err() == nil {
		if err := it.group.Consume(ctx, []string{it.topic}, it); err != nil && !it.noteFault(err) {
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}
}

// noteFault says whether the error ends the member, and stops its reading if so.
func (it *member) noteFault(err error) bool {
	if !errors.Is(err, sarama.ErrFencedInstancedId) {
		return false
	}
	it.mutex.Lock()
	defer it.mutex.Unlock()
	it.failure = lines.FaultOf(err, codeOf)
	it.stop()
	return true
}

func (it *member) Setup(session sarama.ConsumerGroupSession) error {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	it.session = session
	it.held = slices.Sorted(slices.Values(session.Claims()[it.topic]))
	return nil
}

func (it *member) Cleanup(sarama.ConsumerGroupSession) error {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	if !it.leaving {
		for _, partition := range it.held {
			it.given[partition] = true
		}
	}
	it.held = []int32{}
	it.session = nil
	return nil
}

func (it *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		it.mutex.Lock()
		it.received = append(it.received, consumed(message))
		it.last[message.Partition] = message
		it.mutex.Unlock()
		session.MarkMessage(message, "")
	}
	return nil
}

func (it *member) end() error {
	it.mutex.Lock()
	it.leaving = true
	it.mutex.Unlock()
	it.stop()
	<-it.stopped
	return it.group.Close()
}

func (m *members) assignment(args *lines.Args) (any, error) {
	it := m.get(args)
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return slices.Clone(it.held), nil
}

func (m *members) revoked(args *lines.Args) (any, error) {
	it := m.get(args)
	it.mutex.Lock()
	defer it.mutex.Unlock()
	given := []int32{}
	for partition := range it.given {
		given = append(given, partition)
	}
	slices.Sort(given)
	return given, nil
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
	return it.failure, nil
}

func (m *members) pause(args *lines.Args) (any, error) {
	partitions, err := args.PartitionNumbers()
	m.get(args).group.Pause(map[string][]int32{args.Topic: partitions})
	// What was asked for before the pause is still delivered.
	time.Sleep(3 * fetchWait)
	return true, err
}

func (m *members) resume(args *lines.Args) (any, error) {
	partitions, err := args.PartitionNumbers()
	m.get(args).group.Resume(map[string][]int32{args.Topic: partitions})
	return true, err
}

func (m *members) commit(args *lines.Args) (any, error) {
	it := m.get(args)
	it.mutex.Lock()
	session, last := it.session, maps.Clone(it.last)
	it.mutex.Unlock()
	if session == nil {
		return nil, errors.New("the member is between two sessions")
	}
	for _, message := range last {
		session.MarkMessage(message, "")
	}
	session.Commit()
	return true, nil
}

func (m *members) leave(args *lines.Args) (any, error) {
	it := m.get(args)
	m.byName.Delete(args.Member)
	return true, it.end()
}

func (m *members) vanish(args *lines.Args) (any, error) {
	it := m.get(args)
	m.byName.Delete(args.Member)
	it.line.Cut()
	// What it says in leaving does not reach the broker.
	go it.end()
	return true, nil
}

func (m *members) leaveAll() {
	m.byName.Range(func(_, it any) bool {
		it.(*member).end()
		return true
	})
}
