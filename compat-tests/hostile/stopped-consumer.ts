/** A consumer that says when it has its first batch; the suite then stops it with SIGSTOP. Arguments: address, topic. */
import kafkajs from 'kafkajs';

const [address = '', topic = ''] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ brokers: [address], clientId: 'stopped', logLevel: kafkajs.logLevel.NOTHING });
const consumer = kafka.consumer({
  groupId: `stopped-${process.pid}`,
  maxBytes: 16 << 20,
  maxBytesPerPartition: 16 << 20,
});
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({ eachBatch: async () => void console.log('reading') });
