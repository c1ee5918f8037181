import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.KTable;

/**
 * A shop: orders (order -> "customer amount") are joined with their payments (order -> payment) of the same ten minutes, the
 * paid ones with the table of customers (customer -> region), and summed up by customer, and by region and minute.
 * Arguments: address, folder of the state stores, guarantee. Prints "seen N" now and then.
 */
public final class Shop {
    private static final Duration LATE = Duration.ofHours(24);
    private static final int PACE_RECORDS = 20;
    private static final int PACE_MS = 5;

    public static void main(String[] args) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "shop");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
        config.put(StreamsConfig.STATE_DIR_CONFIG, args[1]);
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, args[2]);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 1 << 20);
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        config.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        config.put(StreamsConfig.consumerPrefix("session.timeout.ms"), 6000);
        config.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 500);
        config.put(StreamsConfig.consumerPrefix("max.poll.records"), 200);
        config.put(StreamsConfig.producerPrefix("transaction.timeout.ms"), 10_000);
        config.put("reconnect.backoff.max.ms", 200);
        KafkaStreams streams = new KafkaStreams(topology(), config);
        streams.setUncaughtExceptionHandler(thrown -> {
            System.out.println("replacing a thread after " + thrown);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(15))));
        streams.start();
    }

    private static org.apache.kafka.streams.Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        AtomicInteger seen = new AtomicInteger();
        KTable<String, String> customers = builder.table("customers", Materialized.as("customers"));
        KStream<String, String> payments = builder.stream("payments");
        KStream<String, String> orders = builder.<String, String>stream("orders").peek((order, what) -> pace(seen.incrementAndGet()));
        KStream<String, String> paid = orders.join(payments, (order, payment) -> order + " " + payment,
            JoinWindows.ofTimeDifferenceAndGrace(Duration.ofMinutes(10), LATE));
        paid.to("paid");
        KStream<String, String> byCustomer = paid.map((order, what) -> KeyValue.pair(what.split(" ")[0], what.split(" ")[1]));
        byCustomer.groupByKey(Grouped.as("by-customer"))
            .aggregate(() -> "0 0", (customer, amount, sums) -> plus(sums, amount), Materialized.as("balances"))
            .toStream().to("balances");
        byCustomer.repartition().join(customers, (amount, region) -> region + " " + amount)
            .map((customer, what) -> KeyValue.pair(what.split(" ")[0], what.split(" ")[1]))
            .groupByKey(Grouped.as("by-region"))
            .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), LATE))
            .aggregate(() -> "0 0", (region, amount, sums) -> plus(sums, amount), Materialized.as("turnover"))
            .toStream((window, sums) -> window.key() + "@" + Instant.ofEpochMilli(window.window().start())).to("turnover");
        return builder.build();
    }

    /** Sums are "count total". */
    private static String plus(String sums, String amount) {
        String[] both = sums.split(" ");
        return (Long.parseLong(both[0]) + 1) + " " + (Long.parseLong(both[1]) + Long.parseLong(amount));
    }

    /** Leaves time to kill it. */
    private static void pace(int seen) {
        if (seen % PACE_RECORDS != 0) return;
        System.out.println("seen " + seen);
        try {
            Thread.sleep(PACE_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Shop() {}
}
