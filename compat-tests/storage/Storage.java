import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** `feed ADDRESS`: fills three topics. `drain ADDRESS`: prints what a consumer at read committed sees of them. */
public class Storage {
  static final String STRINGS = "org.apache.kafka.common.serialization.String";

  public static void main(String[] args) throws Exception {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", args[1]);
    if (args[0].equals("feed")) feed(config);
    else drain(config);
  }

  static void feed(Map<String, Object> config) throws Exception {
    try (Admin admin = Admin.create(config)) {
      Map<String, String> small = Map.of("segment.bytes", "1048576", "index.interval.bytes", "1000");
      admin.createTopics(List.of(
          new NewTopic("plain", 1, (short) 1).configs(small),
          new NewTopic("packed", 1, (short) 1),
          new NewTopic("transactions", 1, (short) 1),
          new NewTopic("empty", 1, (short) 1))).all().get();
    }
    config.put("key.serializer", STRINGS + "Serializer");
    config.put("value.serializer", STRINGS + "Serializer");
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(with(config, "batch.size", "3000"))) {
      for (int i = 0; i < 20000; i++) {
        producer.send(new ProducerRecord<>("plain", 0, 1700000000000L + i, "key", "plain " + i + " ".repeat(100)));
      }
    }
    for (String type : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      try (KafkaProducer<String, String> producer = new KafkaProducer<>(with(config, "compression.type", type))) {
        for (int i = 0; i < 20; i++) producer.send(new ProducerRecord<>("packed", "key", type + " " + i));
      }
    }
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(with(config, "transactional.id", "t"))) {
      producer.initTransactions();
      for (int i = 0; i < 4; i++) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("transactions", "key", "transaction " + i));
        producer.flush();
        if (i % 2 == 1) producer.abortTransaction();
        else producer.commitTransaction();
      }
    }
  }

  static void drain(Map<String, Object> config) {
    config.put("key.deserializer", STRINGS + "Deserializer");
    config.put("value.deserializer", STRINGS + "Deserializer");
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(with(config, "isolation.level", "read_committed"))) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : List.of("plain", "packed", "transactions", "empty")) partitions.add(new TopicPartition(topic, 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<String, String> r : consumer.poll(Duration.ofMillis(500))) {
          System.out.println(r.topic() + "@" + r.offset() + " " + r.value().trim());
        }
      }
    }
  }

  static Map<String, Object> with(Map<String, Object> config, String name, String value) {
    Map<String, Object> out = new HashMap<>(config);
    out.put(name, value);
    return out;
  }
}
