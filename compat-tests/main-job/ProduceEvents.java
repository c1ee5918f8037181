import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces files of lines "key, tab, value" with idempotence and acks=all, at a pace that leaves time to kill the broker.
 * Arguments: address, then topic, compression and file for each. Prints "acknowledged N" now and then, and at the end
 * "done ACKNOWLEDGED REFUSED".
 */
public final class ProduceEvents {
    private static final int CHUNK = 1000;
    private static final int PAUSE_MS = 20;

    private record Feed(String topic, BufferedReader lines, KafkaProducer<byte[], byte[]> producer) {}

    public static void main(String[] args) throws Exception {
        List<Feed> feeds = new ArrayList<>();
        for (int i = 1; i < args.length; i += 3) {
            feeds.add(new Feed(args[i], Files.newBufferedReader(Path.of(args[i + 2]), StandardCharsets.ISO_8859_1), new KafkaProducer<>(Map.of(
                "bootstrap.servers", args[0], "acks", "all", "enable.idempotence", true, "compression.type", args[i + 1], "linger.ms", 10,
                "delivery.timeout.ms", 180_000, "max.block.ms", 180_000, "reconnect.backoff.max.ms", 200, "retry.backoff.max.ms", 200),
                new ByteArraySerializer(), new ByteArraySerializer())));
        }
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        while (!feeds.isEmpty()) {
            for (Feed feed : List.copyOf(feeds)) {
                if (!sendChunk(feed, acknowledged, refused)) {
                    feed.producer.close();
                    feeds.remove(feed);
                }
            }
            Thread.sleep(PAUSE_MS);
        }
        System.out.println("done " + acknowledged + " " + refused);
    }

    /** Returns false at the end of the file. */
    private static boolean sendChunk(Feed feed, AtomicInteger acknowledged, AtomicInteger refused) throws Exception {
        for (int i = 0; i < CHUNK; i++) {
            String line = feed.lines.readLine();
            if (line == null) return false;
            int tab = line.indexOf('\t');
            byte[] key = line.substring(0, tab).getBytes(StandardCharsets.ISO_8859_1);
            byte[] value = line.substring(tab + 1).getBytes(StandardCharsets.ISO_8859_1);
            feed.producer.send(new ProducerRecord<>(feed.topic, key, value), (where, error) -> {
                if (error != null) {
                    if (refused.incrementAndGet() <= 3) System.err.println(error);
                } else if (acknowledged.incrementAndGet() % CHUNK == 0) {
                    System.out.println("acknowledged " + acknowledged);
                }
            });
        }
        return true;
    }

    private ProduceEvents() {}
}
