// Reads, processes and writes in transactions until it is killed, with franz-go. Arguments: address, input topic, output
// topic, group, transactional id, records per transaction. Prints "committed N" after each transaction, and every 20th it
// aborts first.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	if err := process(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func process(args []string) error {
	size, err := strconv.Atoi(args[5])
	if err != nil {
		return err
	}
	session, err := kgo.NewGroupTransactSession(
		kgo.SeedBrokers(args[0]),
		kgo.ConsumeTopics(args[1]),
		kgo.DefaultProduceTopic(args[2]),
		kgo.ConsumerGroup(args[3]),
		kgo.TransactionalID(args[4]),
		kgo.TransactionTimeout(10*time.Second),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.RequireStableFetchOffsets(),
		kgo.SessionTimeout(6*time.Second),
		kgo.HeartbeatInterval(500*time.Millisecond),
		kgo.MetadataMinAge(100*time.Millisecond),
	)
	if err != nil {
		return err
	}
	defer session.Close()
	for committed, attempts := 0, 0; ; {
		fetches := session.PollRecords(context.Background(), size)
		if fetches.NumRecords() == 0 {
			continue
		}
		if err := session.Begin(); err != nil {
			return err
		}
		failure := kgo.AbortingFirstErrPromise(session.Client())
		fetches.EachRecord(func(record *kgo.Record) {
			value := append([]byte("processed "), record.Value...)
			session.Produce(context.Background(), &kgo.Record{Key: record.Key, Value: value}, failure.Promise())
		})
		attempts++
		isGood := failure.Err() == nil && attempts%20 != 0
		committing, err := session.End(context.Background(), kgo.TransactionEndTry(isGood))
		if err != nil {
			return err
		}
		if committing {
			committed++
			fmt.Println("committed", committed)
		}
	}
}
