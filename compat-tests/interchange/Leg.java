import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One leg of a data folder's way from broker to broker: tells everything a client can see, writes more of everything, and
 * tells it again. Between the two tellings stands a line "written".
 *
 * Arguments: bootstrap server, number of the leg.
 */
public final class Leg {
    private static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String server;
    private final int leg;
    private final Admin admin;

    private Leg(String server, int leg) {
        this.server = server;
        this.leg = leg;
        this.admin = Admin.create(Map.of("bootstrap.servers", server));
    }

    public static void main(String[] args) throws Exception {
        Leg leg = new Leg(args[0], Integer.parseInt(args[1]));
        leg.tell();
        leg.write();
        System.out.println("written");
        leg.tell();
        leg.admin.close();
    }

    private static void say(Object... words) {
        System.out.println(Stream.of(words).map(String::valueOf).collect(Collectors.joining(" ")));
    }

    private void tell() throws Exception {
        var names = new TreeSet<>(admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get());
        // Each broker makes these for itself when it first needs them.
        names.removeIf(name -> name.startsWith("__"));
        for (var topic : new TreeMap<>(admin.describeTopics(names).allTopicNames().get()).values()) {
            say("topic", topic.name(), topic.topicId(), topic.partitions().size());
            for (var each : topic.partitions())
                say("partition", topic.name(), each.partition(), each.leader().id(), each.replicas().size(), each.isr().size());
            tellConfigs(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        }
        tellConfigs(new ConfigResource(ConfigResource.Type.BROKER, ""), ConfigEntry.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        List<TopicPartition> partitions = partitionsOf(names);
        for (String isolation : List.of("read_uncommitted", "read_committed")) tellRecords(isolation, partitions);
        for (var spec : new TreeMap<>(Map.of("earliest", OffsetSpec.earliest(), "latest", OffsetSpec.latest(), "max", OffsetSpec.maxTimestamp())).entrySet()) {
            for (TopicPartition each : partitions) {
                var found = admin.listOffsets(Map.of(each, spec.getValue())).partitionResult(each).get();
                say(spec.getKey(), each, found.offset(), found.timestamp());
            }
        }
        admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get().forEach((entity, quotas) -> say("quota", entity, quotas));
        admin.describeUserScramCredentials().all().get().forEach((user, it) -> say("scram", user, it.credentialInfos()));
        for (var group : new TreeSet<>(admin.listGroups().all().get().stream().filter(it -> it.type().orElse(GroupType.CLASSIC) == GroupType.CLASSIC).map(it -> it.groupId()).toList())) {
            var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            offsets.entrySet().stream().sorted((a, b) -> a.getKey().toString().compareTo(b.getKey().toString()))
                .forEach(it -> say("committed", group, it.getKey(), it.getValue()));
        }
    }

    private void tellConfigs(ConfigResource resource, ConfigEntry.ConfigSource source) throws Exception {
        admin.describeConfigs(Set.of(resource)).all().get().get(resource).entries().stream()
            .filter(it -> it.source() == source).map(it -> it.name() + "=" + it.value()).sorted()
            .forEach(it -> say("config", resource.name(), it));
    }

    private List<TopicPartition> partitionsOf(Collection<String> names) throws Exception {
        List<TopicPartition> partitions = new ArrayList<>();
        for (var topic : new TreeMap<>(admin.describeTopics(names).allTopicNames().get()).values())
            topic.partitions().forEach(it -> partitions.add(new TopicPartition(topic.name(), it.partition())));
        return partitions;
    }

    private void tellRecords(String isolation, List<TopicPartition> partitions) {
        try (var consumer = consumer(Map.of("isolation.level", isolation))) {
            for (TopicPartition partition : partitions) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                while (consumer.position(partition) < end)
                    for (var it : consumer.poll(Duration.ofMillis(200))) say(isolation, it.topic(), it.partition(), it.offset(), it.leaderEpoch().orElse(-1), it.timestampType(), it.timestamp(), it.key(), it.value(), headers(it));
            }
        }
    }

    private static String headers(ConsumerRecord<String, String> record) {
        StringBuilder text = new StringBuilder();
        for (Header it : record.headers()) text.append(it.key()).append('=').append(new String(it.value(), StandardCharsets.UTF_8)).append(';');
        return text.toString();
    }

    private KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        Map<String, Object> configs = new HashMap<>(more);
        configs.put("bootstrap.servers", server);
        configs.put("enable.auto.commit", false);
        configs.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(configs, new StringDeserializer(), new StringDeserializer());
    }

    private void write() throws Exception {
        if (leg == 1) {
            create("shared", Map.of("retention.ms", "-1", "segment.bytes", "1048576"));
            create("stamped", Map.of("message.timestamp.type", "LogAppendTime"));
            create("compacted", Map.of("cleanup.policy", "compact"));
        } else {
            admin.createPartitions(Map.of("shared", NewPartitions.increaseTo(2 + leg))).all().get();
        }
        create("leg-" + leg, Map.of("max.message.bytes", String.valueOf(2_000_000 + leg)));
        if (leg > 2) admin.deleteTopics(List.of("leg-" + (leg - 2))).all().get();
        set(new ConfigResource(ConfigResource.Type.TOPIC, "shared"), "retention.bytes", String.valueOf(1_000_000_000L + leg));
        set(new ConfigResource(ConfigResource.Type.BROKER, ""), "log.cleaner.backoff.ms", String.valueOf(15_000 + leg));
        var quota = new ClientQuotaAlteration.Op("producer_byte_rate", 1_000_000.0 + leg);
        admin.alterClientQuotas(Set.of(new ClientQuotaAlteration(new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "alice")), Set.of(quota)))).all().get();
        var credential = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096 + leg);
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("alice", credential, "a password"))).all().get();
        for (String codec : CODECS) produce(codec);
        transactions();
        commit();
        if (leg > 1) admin.deleteRecords(Map.of(new TopicPartition("shared", 0), RecordsToDelete.beforeOffset(10L * leg))).all().get();
    }

    /** A broker may hear of a change of its own a moment later than the one who made it. */
    private void create(String topic, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1).configs(configs))).all().get();
        for (long end = System.nanoTime() + LIMIT.toNanos(); System.nanoTime() < end; Thread.sleep(20)) {
            try {
                admin.listOffsets(Map.of(new TopicPartition(topic, 2), OffsetSpec.latest())).all().get();
                return;
            } catch (ExecutionException notYet) {
                continue;
            }
        }
        throw new IllegalStateException(topic + " did not come up");
    }

    private void set(ConfigResource resource, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)))).all().get();
    }

    private KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> configs = new HashMap<>(more);
        configs.put("bootstrap.servers", server);
        configs.put("linger.ms", 20);
        return new KafkaProducer<>(configs, new StringSerializer(), new StringSerializer());
    }

    private void produce(String codec) throws Exception {
        // Not older than any retention, and not in order.
        long base = System.currentTimeMillis() - 3_600_000;
        try (var producer = producer(Map.of("compression.type", codec))) {
            for (int i = 0; i < 300; i++) {
                String topic = List.of("shared", "stamped", "compacted", "leg-" + leg).get(i % 4);
                String value = i % 7 == 0 ? null : "leg " + leg + " " + codec + " " + "x".repeat(i);
                var record = new ProducerRecord<>(topic, i / 4 % 3, base + i * 37 % 300, "key " + i % 40, value);
                if (i % 5 == 0) record.headers().add("codec", codec.getBytes(StandardCharsets.UTF_8));
                producer.send(record);
            }
            producer.flush();
        }
    }

    private void transactions() {
        try (var producer = producer(Map.of("transactional.id", "mover"))) {
            producer.initTransactions();
            for (int i = 0; i < 6; i++) {
                producer.beginTransaction();
                for (int j = 0; j < 20; j++) producer.send(new ProducerRecord<>("shared", j % 3, "t" + j, "leg " + leg + " transaction " + i));
                producer.flush();
                if (i % 2 == 0) producer.commitTransaction();
                else producer.abortTransaction();
            }
        }
    }

    /** A group of this leg, and one that goes on from leg to leg. */
    private void commit() {
        for (String group : List.of("group-" + leg, "lasting")) {
            try (var consumer = consumer(Map.of("group.id", group, "max.poll.records", 50))) {
                consumer.subscribe(List.of("shared"));
                int read = 0;
                for (long end = System.nanoTime() + LIMIT.toNanos(); read < 60 && System.nanoTime() < end;) read += consumer.poll(Duration.ofMillis(200)).count();
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                for (TopicPartition each : consumer.assignment()) offsets.put(each, new OffsetAndMetadata(consumer.position(each), "leg " + leg));
                consumer.commitSync(offsets);
            }
        }
    }
}
