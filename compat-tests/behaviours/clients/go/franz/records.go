package main

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"ottla/compat-tests/lines"
)

var codecs = map[string]kgo.CompressionCodec{
	"":       kgo.NoCompression(),
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

var acknowledgements = map[int16]kgo.Acks{-1: kgo.AllISRAcks(), 0: kgo.NoAck(), 1: kgo.LeaderAck()}

// A producer lives for one call: one that stays would ask for the topics it knows, and so make deleted ones anew.
func (f *franz) produce(args *lines.Args) (any, error) {
	options := append(common(f.address),
		kgo.AllowAutoTopicCreation(),
		kgo.ProducerBatchCompression(codecs[args.Compression]),
		kgo.ProducerBatchMaxBytes(4_000_000),
		kgo.RequiredAcks(acknowledgements[args.Acknowledgements()]))
	if !args.Idempotent {
		options = append(options, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(1))
	}
	if !args.Retries() {
		options = append(options, kgo.RecordRetries(0))
	}
	if len(args.Records) > 0 && args.Records[0].Partition != nil {
		options = append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	}
	producer, err := kgo.NewClient(options...)
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	ctx, cancel := soon()
	defer cancel()
	records := make([]*kgo.Record, 0, len(args.Records))
	for _, each := range args.Records {
		records = append(records, outgoing(args.Topic, each))
	}
	return true, producer.ProduceSync(ctx, records...).FirstErr()
}

func outgoing(topic string, each lines.Record) *kgo.Record {
	record := &kgo.Record{Topic: topic, Key: lines.Bytes(each.Key), Value: lines.Bytes(each.Value)}
	if each.Partition != nil {
		record.Partition = *each.Partition
	}
	if each.TimestampMs != nil {
		record.Timestamp = time.UnixMilli(*each.TimestampMs)
	}
	for _, header := range each.Headers {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: header[0], Value: []byte(header[1])})
	}
	return record
}

func (f *franz) consume(args *lines.Args) (any, error) {
	ctx, cancel := soon()
	defer cancel()
	details, err := f.topic(ctx, args.Topic)
	if err != nil {
		return nil, err
	}
	start := kgo.NewOffset().AtStart()
	if args.From.Offset != nil {
		start = kgo.NewOffset().At(*args.From.Offset)
	} else if args.From.TimestampMs != nil {
		start = kgo.NewOffset().AfterMilli(*args.From.TimestampMs)
	}
	starts := make(map[int32]kgo.Offset)
	for partition := range details.Partitions {
		if args.Partition == nil || *args.Partition == partition {
			starts[partition] = start
		}
	}
	reset := kgo.NewOffset().AtStart()
	if args.OutOfRange == "fail" {
		reset = kgo.NoResetOffset()
	}
	consumer, err := kgo.NewClient(append(common(f.address),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{args.Topic: starts}),
		kgo.ConsumeResetOffset(reset),
		kgo.FetchMaxWait(200*time.Millisecond))...)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	records := make([]lines.Consumed, 0, args.Count)
	for len(records) < args.Count {
		fetches := consumer.PollRecords(ctx, args.Count-len(records))
		if err := fetches.Err(); errors.Is(err, context.DeadlineExceeded) {
			return nil, lines.TooFew(len(records), args)
		} else if err != nil {
			return nil, err
		}
		fetches.EachRecord(func(record *kgo.Record) { records = append(records, consumed(record)) })
	}
	return records, nil
}

func consumed(record *kgo.Record) lines.Consumed {
	headers := make([][2]string, 0, len(record.Headers))
	for _, header := range record.Headers {
		headers = append(headers, [2]string{header.Key, string(header.Value)})
	}
	return lines.Consumed{
		Partition:   record.Partition,
		Offset:      record.Offset,
		TimestampMs: record.Timestamp.UnixMilli(),
		Key:         lines.Text(record.Key),
		Value:       lines.Text(record.Value),
		Headers:     headers,
	}
}

// A steadyProducer produces until it is told to stop.
type steadyProducer struct {
	client       *kgo.Client
	mutex        sync.Mutex
	sent         int
	acknowledged int
	refusal      error
	stopping     chan struct{}
	stopped      chan struct{}
}

type steadyProducers struct{ byName sync.Map }

func (s *steadyProducers) get(name string) *steadyProducer {
	found, _ := s.byName.Load(name)
	return found.(*steadyProducer)
}

func (f *franz) startProducing(args *lines.Args) (any, error) {
	client, err := kgo.NewClient(append(common(f.address),
		kgo.ProduceRequestTimeout(time.Second),
		kgo.RequestTimeoutOverhead(time.Second),
		kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		return nil, err
	}
	producer := &steadyProducer{client: client, stopping: make(chan struct{}), stopped: make(chan struct{})}
	go producer.run(args.Topic)
	f.steady.byName.Store(args.Producer, producer)
	return true, nil
}

func (p *steadyProducer) run(topic string) {
	defer close(p.stopped)
	for {
		select {
		case <-p.stopping:
			return
		default:
		}
		record := &kgo.Record{Topic: topic, Value: []byte(strconv.Itoa(p.sent))}
		p.sent++
		p.client.Produce(context.Background(), record, func(_ *kgo.Record, err error) {
			p.mutex.Lock()
			defer p.mutex.Unlock()
			if err == nil {
				p.acknowledged++
			} else if p.refusal == nil {
				p.refusal = err
			}
		})
		time.Sleep(5 * time.Millisecond)
	}
}

func (f *franz) acknowledged(args *lines.Args) (any, error) {
	producer := f.steady.get(args.Producer)
	producer.mutex.Lock()
	defer producer.mutex.Unlock()
	return producer.acknowledged, producer.refusal
}

func (f *franz) stopProducing(args *lines.Args) (any, error) {
	producer := f.steady.get(args.Producer)
	close(producer.stopping)
	<-producer.stopped
	ctx, cancel := soon()
	defer cancel()
	if err := producer.client.Flush(ctx); err != nil {
		return nil, err
	}
	producer.client.Close()
	return f.acknowledged(args)
}
