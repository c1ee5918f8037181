package main

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/IBM/sarama"

	"ottla/compat-tests/lines"
)

var codecs = map[string]sarama.CompressionCodec{
	"":       sarama.CompressionNone,
	"none":   sarama.CompressionNone,
	"gzip":   sarama.CompressionGZIP,
	"snappy": sarama.CompressionSnappy,
	"lz4":    sarama.CompressionLZ4,
	"zstd":   sarama.CompressionZSTD,
}

// A producer lives for one call: one that stays would ask for the topics it knows, and so make deleted ones anew.
func (c *client) produce(args *lines.Args) (any, error) {
	config := c.config()
	config.Producer.Compression = codecs[args.Compression]
	config.Producer.RequiredAcks = sarama.RequiredAcks(args.Acknowledgements())
	config.Producer.MaxMessageBytes = 4_000_000
	config.Producer.Partitioner = sarama.NewMurmur2Partitioner
	// Sarama sends again what it has no answer for: only this keeps a slow broker from writing it twice.
	config.Producer.Idempotent = args.Idempotent || args.Retries() && config.Producer.RequiredAcks == sarama.WaitForAll
	config.Net.MaxOpenRequests = 1
	if !args.Retries() {
		config.Producer.Retry.Max = 0
	}
	if len(args.Records) > 0 && args.Records[0].Partition != nil {
		config.Producer.Partitioner = sarama.NewManualPartitioner
	}
	producer, err := sarama.NewSyncProducer(c.address, config)
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	messages := make([]*sarama.ProducerMessage, 0, len(args.Records))
	for _, each := range args.Records {
		messages = append(messages, outgoing(args.Topic, each))
	}
	return true, producer.SendMessages(messages)
}

func outgoing(topic string, each lines.Record) *sarama.ProducerMessage {
	message := &sarama.ProducerMessage{Topic: topic}
	if each.Key != nil {
		message.Key = sarama.StringEncoder(*each.Key)
	}
	if each.Value != nil {
		message.Value = sarama.StringEncoder(*each.Value)
	}
	if each.Partition != nil {
		message.Partition = *each.Partition
	}
	if each.TimestampMs != nil {
		message.Timestamp = time.UnixMilli(*each.TimestampMs)
	}
	for _, header := range each.Headers {
		message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(header[0]), Value: []byte(header[1])})
	}
	return message
}

func (c *client) consume(args *lines.Args) (any, error) {
	config := c.config()
	config.Consumer.MaxWaitTime = fetchWait
	reader, err := sarama.NewClient(c.address, config)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	consumer, err := sarama.NewConsumerFromClient(reader)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	partitions, err := reader.Partitions(args.Topic)
	if err != nil {
		return nil, err
	}
	incoming := make(chan *sarama.ConsumerMessage)
	refused := make(chan error)
	done := make(chan struct{})
	defer close(done)
	for _, partition := range partitions {
		if args.Partition != nil && *args.Partition != partition {
			continue
		}
		start, err := startOf(reader, args, partition)
		if err != nil {
			return nil, err
		}
		part, err := consumer.ConsumePartition(args.Topic, partition, start)
		if err != nil {
			return nil, err
		}
		defer part.AsyncClose()
		go func() {
			for message := range part.Messages() {
				select {
				case incoming <- message:
				case <-done:
				}
			}
		}()
		go func() {
			for err := range part.Errors() {
				select {
				case refused <- err:
				case <-done:
				}
			}
		}()
	}
	records := make([]lines.Consumed, 0, args.Count)
	late := time.After(patience)
	for len(records) < args.Count {
		select {
		case message := <-incoming:
			records = append(records, consumed(message))
		case err := <-refused:
			return nil, err
		case <-late:
			return nil, lines.TooFew(len(records), args)
		}
	}
	return records, nil
}

func startOf(reader sarama.Client, args *lines.Args, partition int32) (int64, error) {
	if args.From.Offset != nil {
		return *args.From.Offset, nil
	}
	if args.From.TimestampMs != nil {
		found, err := offset(reader, args.Topic, partition, *args.From.TimestampMs)
		if found < 0 {
			return sarama.OffsetNewest, err
		}
		return found, err
	}
	return sarama.OffsetOldest, nil
}

func consumed(message *sarama.ConsumerMessage) lines.Consumed {
	headers := make([][2]string, 0, len(message.Headers))
	for _, header := range message.Headers {
		headers = append(headers, [2]string{string(header.Key), string(header.Value)})
	}
	return lines.Consumed{
		Partition:   message.Partition,
		Offset:      message.Offset,
		TimestampMs: message.Timestamp.UnixMilli(),
		Key:         lines.Text(message.Key),
		Value:       lines.Text(message.Value),
		Headers:     headers,
	}
}

// A steadyProducer produces until it is told to stop.
type steadyProducer struct {
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

func (c *client) startProducing(args *lines.Args) (any, error) {
	config := c.config()
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Retry.Max = 1000
	config.Metadata.Retry.Max = 600
	config.Net.MaxOpenRequests = 1
	config.Net.ReadTimeout = 2 * time.Second
	sender, err := sarama.NewSyncProducer(c.address, config)
	if err != nil {
		return nil, err
	}
	producer := &steadyProducer{stopping: make(chan struct{}), stopped: make(chan struct{})}
	go producer.run(args.Topic, sender)
	c.steady.byName.Store(args.Producer, producer)
	return true, nil
}

func (p *steadyProducer) run(topic string, sender sarama.SyncProducer) {
	defer close(p.stopped)
	defer sender.Close()
	for {
		select {
		case <-p.stopping:
			return
		case <-time.After(5 * time.Millisecond):
		}
		value := sarama.StringEncoder(strconv.Itoa(p.sent))
		_, _, err := sender.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: value})
		p.mutex.Lock()
		p.sent++
		if err == nil {
			p.acknowledged++
		} else if p.refusal == nil {
			p.refusal = fmt.Errorf("record %d: %w", p.sent-1, err)
		}
		p.mutex.Unlock()
	}
}

func (c *client) acknowledged(args *lines.Args) (any, error) {
	producer := c.steady.get(args.Producer)
	producer.mutex.Lock()
	defer producer.mutex.Unlock()
	return producer.acknowledged, producer.refusal
}

func (c *client) stopProducing(args *lines.Args) (any, error) {
	producer := c.steady.get(args.Producer)
	close(producer.stopping)
	<-producer.stopped
	return c.acknowledged(args)
}
