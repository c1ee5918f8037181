import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The verbs of client.ts with kafka-clients. */
public final class JavaClient {
    private final String address;
    private final Admin admin;
    private final Map<String, KafkaProducer<String, String>> producers = new ConcurrentHashMap<>();
    private final Map<String, Member> members = new ConcurrentHashMap<>();
    private final Map<String, SteadyProducer> steady = new ConcurrentHashMap<>();

    private final Transactions transactions;

    private JavaClient(String address) {
        this.address = address;
        this.transactions = new Transactions(address);
        this.admin = Admin.create(Map.of("bootstrap.servers", address));
    }

    public static void main(String[] args) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err);
        JavaClient client = new JavaClient(args[0]);
        Lines.serve(answers, client::run);
        client.transactions.close();
        for (SteadyProducer producer : client.steady.values()) producer.stop();
        for (Member member : client.members.values()) member.leave();
        for (KafkaProducer<String, String> producer : client.producers.values()) producer.close();
        client.admin.close();
        System.exit(0);
    }

    private Object run(String verb, JsonNode args) throws Exception {
        return switch (verb) {
            case "produce" -> produce(args);
            case "consume" -> consume(args);
            case "createTopic" -> createTopic(args);
            case "deleteTopic" -> admin.deleteTopics(List.of(topic(args))).all().get();
            case "listTopics" -> admin.listTopics().names().get();
            case "describeTopic" -> describeTopic(args);
            case "topicId" -> ByVersion.topicId(describe(args));
            case "createPartitions" -> admin.createPartitions(Map.of(topic(args), NewPartitions.increaseTo(args.get("count").asInt()))).all().get();
            case "topicConfigs" -> configs(new ConfigResource(ConfigResource.Type.TOPIC, topic(args)));
            case "brokerConfigs" -> configs(new ConfigResource(ConfigResource.Type.BROKER, args.get("broker").asText()));
            case "setConfig" -> alterConfig(args, AlterConfigOp.OpType.SET);
            case "unsetConfig" -> alterConfig(args, AlterConfigOp.OpType.DELETE);
            case "cluster" -> Map.of("brokers", admin.describeCluster().nodes().get().stream()
                .map(node -> Map.of("id", node.id(), "host", node.host(), "port", node.port())).toList());
            case "offsetAt" -> offsetAt(args);
            case "join" -> { members.put(args.get("member").asText(), new Member(args)); yield true; }
            case "assignment" -> member(args).ask(consumer -> numbers(consumer.assignment()));
            case "revoked" -> member(args).ask(consumer -> List.copyOf(member(args).revoked));
            case "received" -> member(args).ask(consumer -> List.copyOf(member(args).received));
            case "pause" -> member(args).ask(consumer -> { consumer.pause(partitions(args)); return true; });
            case "resume" -> member(args).ask(consumer -> { consumer.resume(partitions(args)); return true; });
            case "seek" -> member(args).ask(consumer -> { consumer.seek(partition(args), args.get("offset").asLong()); return true; });
            case "commit" -> member(args).ask(consumer -> { consumer.commitSync(); return true; });
            case "leave" -> { members.remove(args.get("member").asText()).leave(); yield true; }
            case "fault" -> member(args).fault;
            case "listGroups" -> ByVersion.groups(admin);
            case "describeGroup" -> describeGroup(args);
            case "committed" -> committed(args);
            case "lag" -> lag(args);
            case "setCommitted" -> admin.alterConsumerGroupOffsets(args.get("group").asText(),
                Map.of(partition(args), new OffsetAndMetadata(args.get("offset").asLong()))).all().get();
            case "deleteCommitted" -> admin.deleteConsumerGroupOffsets(args.get("group").asText(), Set.of(partition(args))).all().get();
            case "deleteGroup" -> admin.deleteConsumerGroups(List.of(args.get("group").asText())).all().get();
            case "removeMember" -> admin.removeMembersFromConsumerGroup(args.get("group").asText(),
                new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove(args.get("id").asText())))).all().get();
            case "startProducing" -> { steady.put(args.get("producer").asText(), new SteadyProducer(address, topic(args))); yield true; }
            case "acknowledged" -> steady.get(args.get("producer").asText()).acknowledged();
            case "stopProducing" -> steady.remove(args.get("producer").asText()).stop();
            case "beginTransaction" -> transactions.begin(args);
            case "sendInTransaction" -> transactions.send(args);
            case "sendOffset" -> transactions.sendOffset(args);
            case "endTransaction" -> transactions.end(args);
            case "deleteRecords" -> admin.deleteRecords(Map.of(partition(args), RecordsToDelete.beforeOffset(args.get("before").asLong())))
                .lowWatermarks().get(partition(args)).get().lowWatermark();
            case "logDirs" -> logDirs(args);
            case "electLeader" -> electLeader(args);
            case "reassign" -> admin.alterPartitionReassignments(Map.of(partition(args),
                Optional.of(new NewPartitionReassignment(integers(args.get("replicas")))))).all().get();
            case "reassignments" -> numbers(admin.listPartitionReassignments().reassignments().get().keySet().stream()
                .filter(each -> each.topic().equals(topic(args))).toList());
            case "activeProducers" -> ByVersion.activeProducers(admin, partition(args));
            case "setQuota" -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(user(args), List.of(new ClientQuotaAlteration.Op(
                args.get("name").asText(), args.get("value").isNull() ? null : args.get("value").asDouble()))))).all().get();
            case "quotas" -> admin.describeClientQuotas(ClientQuotaFilter.containsOnly(List.of(
                ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.USER, args.get("user").asText())))).entities().get().getOrDefault(user(args), Map.of());
            case "setScram" -> admin.alterUserScramCredentials(List.of(scramAlteration(args))).all().get();
            case "scram" -> admin.describeUserScramCredentials(List.of(args.get("user").asText())).description(args.get("user").asText()).get()
                .credentialInfos().stream().collect(Collectors.toMap(each -> each.mechanism().mechanismName(), each -> each.iterations()));
            case "features" -> admin.describeFeatures().featureMetadata().get().finalizedFeatures().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().maxVersionLevel()));
            case "quorum" -> ByVersion.quorum(admin);
            case "setClientMetrics" -> setClientMetrics(args);
            case "clientMetrics" -> clientMetrics(args);
            case "listClientMetrics" -> ByVersion.clientMetricsSubscriptions(admin);
            default -> throw new IllegalArgumentException("no verb " + verb);
        };
    }

    private Object produce(JsonNode args) throws Exception {
        String compression = args.path("compression").asText("none");
        String acks = args.path("acks").asText("-1");
        boolean idempotent = args.path("idempotent").asBoolean(false);
        KafkaProducer<String, String> producer = producers.computeIfAbsent(compression + acks + idempotent, key -> new KafkaProducer<>(Map.of(
            "bootstrap.servers", address, "compression.type", compression, "acks", acks, "enable.idempotence", idempotent,
            "linger.ms", 5, "max.request.size", 4_000_000, "buffer.memory", 16_000_000), new StringSerializer(), new StringSerializer()));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (JsonNode record : args.get("records")) {
            ProducerRecord<String, String> out = new ProducerRecord<>(topic(args),
                record.hasNonNull("partition") ? record.get("partition").asInt() : null,
                record.hasNonNull("timestampMs") ? record.get("timestampMs").asLong() : null, text(record.get("key")), text(record.get("value")));
            for (JsonNode header : record.path("headers")) {
                out.headers().add(header.get(0).asText(), header.get(1).asText().getBytes(StandardCharsets.UTF_8));
            }
            sent.add(producer.send(out));
        }
        for (Future<RecordMetadata> each : sent) each.get();
        return true;
    }

    private Object consume(JsonNode args) throws Exception {
        int count = args.get("count").asInt();
        List<Object> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
            Map.of("bootstrap.servers", address, "enable.auto.commit", false, "auto.offset.reset", args.has("outOfRange") ? "none" : "earliest",
                "isolation.level", args.path("isolation").asText("read_uncommitted")),
            new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> wanted = consumer.partitionsFor(topic(args)).stream().map(each -> new TopicPartition(topic(args), each.partition()))
                .filter(each -> !args.hasNonNull("partition") || each.partition() == args.get("partition").asInt()).toList();
            consumer.assign(wanted);
            JsonNode from = args.get("from");
            if (from.isTextual()) {
                consumer.seekToBeginning(wanted);
            } else if (from.has("offset")) {
                for (TopicPartition each : wanted) consumer.seek(each, from.get("offset").asLong());
            } else {
                Map<TopicPartition, Long> times = new HashMap<>();
                for (TopicPartition each : wanted) times.put(each, from.get("timestampMs").asLong());
                for (Map.Entry<TopicPartition, OffsetAndTimestamp> found : consumer.offsetsForTimes(times).entrySet()) {
                    if (found.getValue() == null) consumer.seekToEnd(List.of(found.getKey()));
                    else consumer.seek(found.getKey(), found.getValue().offset());
                }
            }
            long deadline = System.currentTimeMillis() + 20_000;
            while (records.size() < count) {
                if (System.currentTimeMillis() > deadline) throw new IllegalStateException(records.size() + " of " + count + " records after 20 s");
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    if (records.size() < count) records.add(consumed(record));
                }
            }
        }
        return records;
    }

    private Object createTopic(JsonNode args) throws Exception {
        NewTopic fresh = new NewTopic(topic(args),
            args.hasNonNull("partitions") ? Optional.of(args.get("partitions").asInt()) : Optional.empty(),
            args.hasNonNull("replicationFactor") ? Optional.of((short) args.get("replicationFactor").asInt()) : Optional.empty());
        Map<String, String> configs = new HashMap<>();
        args.path("configs").properties().forEach(each -> configs.put(each.getKey(), each.getValue().asText()));
        CreateTopicsOptions options = new CreateTopicsOptions().validateOnly(args.path("validateOnly").asBoolean(false));
        return admin.createTopics(List.of(fresh.configs(configs)), options).all().get();
    }

    private TopicDescription describe(JsonNode args) throws Exception {
        return ByVersion.describe(admin, topic(args));
    }

    private Object describeTopic(JsonNode args) throws Exception {
        return Map.of("partitions", describe(args).partitions().stream().map(each -> Map.of("index", each.partition(), "leader", each.leader().id(),
            "replicas", each.replicas().stream().map(Node::id).toList(), "isr", each.isr().stream().map(Node::id).toList())).toList());
    }

    private Object configs(ConfigResource resource) throws Exception {
        Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        Map<String, Object> values = new TreeMap<>();
        for (ConfigEntry entry : config.entries()) {
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("value", entry.value());
            value.put("isDefault", entry.isDefault());
            values.put(entry.name(), value);
        }
        return values;
    }

    private Object alterConfig(JsonNode args, AlterConfigOp.OpType how) throws Exception {
        ConfigEntry entry = new ConfigEntry(args.get("name").asText(), args.path("value").asText(""));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic(args));
        return admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(entry, how)))).all().get();
    }

    private Object offsetAt(JsonNode args) throws Exception {
        JsonNode at = args.get("at");
        OffsetSpec spec = switch (at.asText()) {
            case "earliest" -> OffsetSpec.earliest();
            case "latest" -> OffsetSpec.latest();
            case "max timestamp" -> ByVersion.maxTimestamp();
            default -> OffsetSpec.forTimestamp(at.get("timestampMs").asLong());
        };
        return admin.listOffsets(Map.of(partition(args), spec)).partitionResult(partition(args)).get().offset();
    }

    private Object describeGroup(JsonNode args) throws Exception {
        ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(args.get("group").asText())).all().get().values().iterator().next();
        return Map.of("state", ByVersion.state(group), "members",
            group.members().stream().map(each -> Map.of("partitions", numbers(each.assignment().topicPartitions()))).toList());
    }

    private Map<Integer, Long> committed(JsonNode args) throws Exception {
        Map<Integer, Long> offsets = new TreeMap<>();
        admin.listConsumerGroupOffsets(args.get("group").asText()).partitionsToOffsetAndMetadata().get().forEach((partition, offset) -> {
            if (offset != null && partition.topic().equals(topic(args))) offsets.put(partition.partition(), offset.offset());
        });
        return offsets;
    }

    private Object lag(JsonNode args) throws Exception {
        Map<Integer, Long> lags = new TreeMap<>();
        for (Map.Entry<Integer, Long> each : committed(args).entrySet()) {
            TopicPartition partition = new TopicPartition(topic(args), each.getKey());
            long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset();
            lags.put(each.getKey(), end - each.getValue());
        }
        return lags;
    }

    private Object logDirs(JsonNode args) throws Exception {
        Map<Integer, Long> sizes = new TreeMap<>();
        int broker = admin.describeCluster().nodes().get().iterator().next().id();
        for (LogDirDescription directory : admin.describeLogDirs(List.of(broker)).allDescriptions().get().get(broker).values()) {
            directory.replicaInfos().forEach((partition, replica) -> {
                if (partition.topic().equals(topic(args))) sizes.put(partition.partition(), replica.size());
            });
        }
        return sizes;
    }

    private Object electLeader(JsonNode args) throws Exception {
        Optional<Throwable> refusal = admin.electLeaders(ElectionType.PREFERRED, Set.of(partition(args))).partitions().get().get(partition(args));
        if (refusal.isPresent()) throw new ExecutionException(refusal.get());
        return true;
    }

    private static UserScramCredentialAlteration scramAlteration(JsonNode args) {
        String user = args.get("user").asText();
        return args.get("iterations").isNull()
            ? new UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_256)
            : new UserScramCredentialUpsertion(user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, args.get("iterations").asInt()), "secret");
    }

    private Object setClientMetrics(JsonNode args) throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        args.get("configs").properties().forEach(each ->
            changes.add(new AlterConfigOp(new ConfigEntry(each.getKey(), each.getValue().asText()), AlterConfigOp.OpType.SET)));
        return admin.incrementalAlterConfigs(Map.of(ByVersion.clientMetrics(args.get("subscription").asText()), changes)).all().get();
    }

    private Object clientMetrics(JsonNode args) throws Exception {
        ConfigResource resource = ByVersion.clientMetrics(args.get("subscription").asText());
        return admin.describeConfigs(List.of(resource)).all().get().get(resource).entries().stream()
            .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    private static ClientQuotaEntity user(JsonNode args) {
        return new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, args.get("user").asText()));
    }

    private static List<Integer> integers(JsonNode numbers) {
        List<Integer> integers = new ArrayList<>();
        numbers.forEach(each -> integers.add(each.asInt()));
        return integers;
    }

    private Member member(JsonNode args) {
        return members.get(args.get("member").asText());
    }

    private static String topic(JsonNode args) {
        return args.get("topic").asText();
    }

    private static TopicPartition partition(JsonNode args) {
        return new TopicPartition(topic(args), args.get("partition").asInt());
    }

    private static List<TopicPartition> partitions(JsonNode args) {
        List<TopicPartition> partitions = new ArrayList<>();
        args.get("partitions").forEach(each -> partitions.add(new TopicPartition(topic(args), each.asInt())));
        return partitions;
    }

    static Collection<Integer> numbers(Collection<TopicPartition> partitions) {
        return new TreeSet<>(partitions.stream().map(TopicPartition::partition).toList());
    }

    private static String text(JsonNode node) {
        return node == null || node.isNull() ? null : node.asText();
    }

    static Object consumed(ConsumerRecord<String, String> record) {
        List<Object> headers = new ArrayList<>();
        for (Header header : record.headers()) headers.add(List.of(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        Map<String, Object> values = new HashMap<>();
        values.put("partition", record.partition());
        values.put("offset", record.offset());
        values.put("timestampMs", record.timestamp());
        values.put("key", record.key());
        values.put("value", record.value());
        values.put("headers", headers);
        return values;
    }

    /** A consumer that polls on a thread of its own and does there what it is asked to between two polls. */
    private final class Member implements ConsumerRebalanceListener {
        interface Question {
            Object answer(KafkaConsumer<String, String> consumer);
        }

        private record Asked(Question question, CompletableFuture<Object> answer) {}

        final List<Object> received = new ArrayList<>();
        final TreeSet<Integer> revoked = new TreeSet<>();
        private final ConcurrentLinkedQueue<Asked> asked = new ConcurrentLinkedQueue<>();
        private final KafkaConsumer<String, String> consumer;
        private final Thread thread;
        private volatile boolean leaving;
        private volatile Map<String, Object> fault;

        Member(JsonNode args) {
            Map<String, Object> configs = new HashMap<>();
            configs.put("bootstrap.servers", address);
            configs.put("group.id", args.get("group").asText());
            configs.put("auto.offset.reset", args.path("from").asText("earliest"));
            configs.put("enable.auto.commit", args.path("commitOnLeave").asBoolean(false));
            if (args.hasNonNull("protocol")) {
                configs.put("group.protocol", args.get("protocol").asText());
            } else {
                configs.put("session.timeout.ms", args.path("sessionTimeoutMs").asInt(10_000));
                configs.put("heartbeat.interval.ms", 300);
                String assignor = args.path("assignor").asText("range");
                configs.put("partition.assignment.strategy", assignor.equals("range")
                    ? "org.apache.kafka.clients.consumer.RangeAssignor" : "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
            }
            if (args.hasNonNull("instanceId")) configs.put("group.instance.id", args.get("instanceId").asText());
            consumer = new KafkaConsumer<>(configs, new StringDeserializer(), new StringDeserializer());
            if (args.hasNonNull("pattern")) ByVersion.subscribe(consumer, args.get("pattern").asText(), this);
            else consumer.subscribe(List.of(topic(args)), this);
            thread = new Thread(this::read);
            thread.start();
        }

        private void read() {
            try {
                poll();
            } catch (Exception thrown) {
                fault = Lines.error(thrown);
            }
            consumer.close();
        }

        private void poll() {
            while (!leaving) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50))) received.add(consumed(record));
                for (Asked next = asked.poll(); next != null; next = asked.poll()) {
                    try {
                        next.answer.complete(next.question.answer(consumer));
                    } catch (Exception thrown) {
                        next.answer.completeExceptionally(thrown);
                    }
                }
            }
        }

        Object ask(Question question) throws Exception {
            Asked mine = new Asked(question, new CompletableFuture<>());
            asked.add(mine);
            return mine.answer.get(20, TimeUnit.SECONDS);
        }

        void leave() throws InterruptedException {
            leaving = true;
            thread.join();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revoked.addAll(leaving ? List.of() : numbers(partitions));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
    }
}
