import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Reads, processes and writes in transactions until it is killed. Arguments: address, input topic, output topic, group,
 * transactional id, records per transaction. Prints "committed N" after each transaction, and every 20th it aborts first.
 */
public final class Processor {
    public static void main(String[] args) {
        Map<String, Object> patience = Map.of("bootstrap.servers", args[0], "reconnect.backoff.max.ms", 200, "retry.backoff.max.ms", 200);
        Map<String, Object> consuming = new HashMap<>(patience);
        consuming.putAll(Map.of("group.id", args[3], "enable.auto.commit", false, "auto.offset.reset", "earliest",
            "session.timeout.ms", 6000, "heartbeat.interval.ms", 500, "max.poll.records", Integer.parseInt(args[5])));
        Map<String, Object> producing = new HashMap<>(patience);
        producing.putAll(Map.of("transactional.id", args[4], "transaction.timeout.ms", 10_000, "max.block.ms", 60_000));
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(consuming, new StringDeserializer(), new StringDeserializer());
        KafkaProducer<String, String> producer = new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        consumer.subscribe(List.of(args[1]));
        for (int committed = 0, attempts = 0; ; ) {
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(200));
            if (records.isEmpty()) continue;
            try {
                producer.beginTransaction();
                for (ConsumerRecord<String, String> record : records)
                    producer.send(new ProducerRecord<>(args[2], record.key(), "processed " + record.value()));
                if (++attempts % 20 == 0) throw new KafkaException("aborted on purpose");
                producer.sendOffsetsToTransaction(records.nextOffsets(), consumer.groupMetadata());
                producer.commitTransaction();
                System.out.println("committed " + ++committed);
            } catch (ProducerFencedException fenced) {
                throw fenced;
            } catch (KafkaException failed) {
                if (!"aborted on purpose".equals(failed.getMessage())) System.out.println("aborting: " + failed);
                producer.abortTransaction();
                rewind(consumer);
            }
        }
    }

    /** What was read in an aborted transaction is read again. */
    private static void rewind(KafkaConsumer<String, String> consumer) {
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(consumer.assignment());
        for (TopicPartition partition : consumer.assignment()) {
            OffsetAndMetadata offset = committed.get(partition);
            if (offset == null) consumer.seekToBeginning(List.of(partition));
            else consumer.seek(partition, offset);
        }
    }

    private Processor() {}
}
