import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Stock clients that keep a broker busy while it is killed again and again, and remember what it acknowledged. Says
 * "ready" once, "acknowledged N" every now and then; a line on its input ends the load. Then it says what it found:
 * "ok WHAT" or "FAIL WHAT: WHY".
 */
public final class Load {
    private static final int PARTITIONS = 4;
    private static final List<String> CODECS = List.of("none", "lz4", "zstd");

    private final String server;
    private final AtomicLong acknowledged = new AtomicLong();
    /** Offset of each acknowledged record by "topic-partition", in a map from number of the record to offset. */
    private final Map<TopicPartition, Map<Long, Long>> offsets = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> committed = new ConcurrentHashMap<>();
    private final Set<String> created = new ConcurrentSkipListSet<>();
    private final Map<String, String> configured = new ConcurrentHashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private volatile boolean stopping;

    private Load(String server) {
        this.server = server;
    }

    public static void main(String[] args) throws Exception {
        new Load(args[0]).run();
        // Clients of a broker that was killed so often may take long to close.
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private interface Work {
        void run() throws Exception;
    }

    private void run() throws Exception {
        try (Admin admin = admin()) {
            for (String codec : CODECS) admin.createTopics(List.of(new NewTopic("load-" + codec, PARTITIONS, (short) 1))).all().get();
        }
        List<Thread> threads = new ArrayList<>();
        for (String codec : CODECS) threads.add(start("producer " + codec, () -> produce(codec)));
        threads.add(start("committer", this::commit));
        threads.add(start("admin", this::administer));
        System.out.println("ready");
        Thread teller = start("teller", () -> {
            for (; !stopping; Thread.sleep(20)) System.out.println("acknowledged " + acknowledged.get());
        });
        new BufferedReader(new InputStreamReader(System.in)).readLine();
        stopping = true;
        teller.join();
        for (Thread each : threads) {
            each.join(60_000);
            if (each.isAlive()) wrong.add(each.getName() + " did not end");
        }
        judge("every client went on through all the kills", String.join(", ", wrong));
        verify();
    }

    private Thread start(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception error) {
                synchronized (wrong) {
                    wrong.add(name + " failed: " + error);
                }
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void judge(String what, String why) {
        System.out.println(why.isEmpty() ? "ok " + what : "FAIL " + what + ": " + why);
    }

    private Map<String, Object> configs(Map<String, Object> more) {
        Map<String, Object> configs = new HashMap<>(more);
        configs.put("bootstrap.servers", server);
        configs.put("reconnect.backoff.max.ms", 100);
        configs.put("retry.backoff.ms", 20);
        return configs;
    }

    private Admin admin() {
        return Admin.create(configs(Map.of("default.api.timeout.ms", 60_000)));
    }

    /** Numbers 0, 1, 2… into each partition by one idempotent producer: each must be there once, in order. */
    private void produce(String codec) throws Exception {
        Semaphore waiting = new Semaphore(2000);
        try (var producer = new KafkaProducer<>(configs(Map.of("compression.type", codec, "linger.ms", 1, "delivery.timeout.ms", 120_000)), new StringSerializer(), new StringSerializer())) {
            for (long number = 0; !stopping; number++) {
                long mine = number;
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    waiting.acquire();
                    TopicPartition to = new TopicPartition("load-" + codec, partition);
                    producer.send(new ProducerRecord<>(to.topic(), partition, "key", mine + " " + "x".repeat((int) (mine % 300))), (metadata, error) -> {
                        waiting.release();
                        if (error == null) {
                            offsets.computeIfAbsent(to, key -> new ConcurrentHashMap<>()).put(mine, metadata.offset());
                            acknowledged.incrementAndGet();
                        } else {
                            synchronized (wrong) {
                                wrong.add(to + " refused " + mine + ": " + error);
                            }
                        }
                    });
                }
            }
            producer.flush();
        }
    }

    /** Commits growing offsets; what was acknowledged must never be told smaller. */
    private void commit() throws Exception {
        TopicPartition partition = new TopicPartition("load-none", 0);
        try (var consumer = new KafkaConsumer<>(configs(Map.of("group.id", "committer", "default.api.timeout.ms", 60_000)), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            for (long offset = 1; !stopping; offset++) {
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
                committed.put(partition, offset);
                if (offset % 20 == 0) {
                    long told = consumer.committed(Set.of(partition)).get(partition).offset();
                    if (told != offset) throw new IllegalStateException("committed " + offset + ", told " + told);
                }
            }
        }
    }

    /** Creates topics and changes a config; what was acknowledged must be there at the end. */
    private void administer() throws Exception {
        try (Admin admin = admin()) {
            for (int number = 0; !stopping; number++) {
                String topic = "made-" + number;
                try {
                    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
                } catch (java.util.concurrent.ExecutionException error) {
                    // A try whose answer was lost has made it.
                    if (!(error.getCause() instanceof TopicExistsException)) throw error;
                }
                created.add(topic);
                String value = String.valueOf(1_000_000 + number);
                admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(new AlterConfigOp(new ConfigEntry("retention.ms", value), AlterConfigOp.OpType.SET)))).all().get();
                configured.put(topic, value);
                Thread.sleep(20);
            }
        }
    }

    private void verify() throws Exception {
        for (String codec : CODECS) {
            List<String> faults = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) read(new TopicPartition("load-" + codec, partition), faults);
            judge("every acknowledged record is there once, in order, where it was acknowledged (" + codec + ")", String.join(", ", faults));
        }
        try (Admin admin = admin()) {
            var told = admin.listConsumerGroupOffsets("committer").partitionsToOffsetAndMetadata().get();
            List<String> faults = new ArrayList<>();
            committed.forEach((partition, offset) -> {
                if (told.get(partition) == null || told.get(partition).offset() < offset) faults.add(offset + " became " + told.get(partition));
            });
            judge("the last committed offset is told", committed.isEmpty() ? "nothing was committed" : String.join(", ", faults));
            Set<String> topics = admin.listTopics().names().get();
            judge("every created topic is there", created.size() < 5 ? "hardly any was created" : String.join(", ", created.stream().filter(it -> !topics.contains(it)).toList()));
            List<String> lost = new ArrayList<>();
            for (var each : new TreeMap<>(configured).entrySet()) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, each.getKey());
                String value = admin.describeConfigs(List.of(resource)).all().get().get(resource).get("retention.ms").value();
                if (!value.equals(each.getValue())) lost.add(each.getKey());
            }
            judge("every altered config is told", String.join(", ", lost));
        }
        System.out.println("counted " + acknowledged.get() + " records, " + committed.values().stream().mapToLong(it -> it).sum() + " commits, " + created.size() + " topics");
    }

    private void read(TopicPartition partition, List<String> faults) {
        Map<Long, Long> known = new HashMap<>(offsets.getOrDefault(partition, Map.of()));
        long next = 0;
        try (var consumer = new KafkaConsumer<>(configs(Map.of()), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    long number = Long.parseLong(each.value().substring(0, each.value().indexOf(' ')));
                    if (number != next && faults.size() < 5) faults.add(partition + " has " + number + " where " + next + " belongs, offset " + each.offset());
                    next = number + 1;
                    Long offset = known.remove(number);
                    // -1: a repeated batch that was answered as a duplicate, too long ago to say where it went.
                    if (offset != null && offset >= 0 && offset != each.offset() && faults.size() < 5) faults.add(partition + " acknowledged " + number + " at " + offset + ", it is at " + each.offset());
                }
            }
        }
        if (!known.isEmpty()) faults.add(partition + " lost " + known.size() + " acknowledged records");
        if (next == 0) faults.add(partition + " is empty");
    }
}
