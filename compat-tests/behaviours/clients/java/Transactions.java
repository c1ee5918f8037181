import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/** Transactional producers by the suite's name for them. */
final class Transactions {
    private final String address;
    private final Map<String, KafkaProducer<String, String>> producers = new ConcurrentHashMap<>();

    Transactions(String address) {
        this.address = address;
    }

    Object begin(JsonNode args) {
        KafkaProducer<String, String> producer = producers.computeIfAbsent(args.get("producer").asText(), name -> start(args));
        producer.beginTransaction();
        return true;
    }

    Object send(JsonNode args) throws Exception {
        for (JsonNode value : args.get("values")) {
            producer(args).send(new ProducerRecord<>(args.get("topic").asText(), 0, null, value.asText())).get();
        }
        return true;
    }

    Object sendOffset(JsonNode args) {
        TopicPartition partition = new TopicPartition(args.get("topic").asText(), args.get("partition").asInt());
        OffsetAndMetadata offset = new OffsetAndMetadata(args.get("offset").asLong());
        producer(args).sendOffsetsToTransaction(Map.of(partition, offset), new ConsumerGroupMetadata(args.get("group").asText()));
        return true;
    }

    Object end(JsonNode args) {
        if (args.get("commit").asBoolean()) producer(args).commitTransaction();
        else producer(args).abortTransaction();
        return true;
    }

    void close() {
        for (KafkaProducer<String, String> producer : producers.values()) producer.close();
    }

    private KafkaProducer<String, String> start(JsonNode args) {
        KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", address,
            "transactional.id", args.get("transactionalId").asText(),
            "transaction.timeout.ms", args.path("timeoutMs").asInt(60_000)), new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        return producer;
    }

    private KafkaProducer<String, String> producer(JsonNode args) {
        return producers.get(args.get("producer").asText());
    }
}
