import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Produces 0, 1, 2... to partition 0 on a thread of its own, idempotently, until it is stopped. */
final class SteadyProducer {
    private final KafkaProducer<String, String> producer;
    private final String topic;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::produce);
    private int produced;
    private volatile boolean stopping;

    SteadyProducer(String address, String topic) {
        this.topic = topic;
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", address, "enable.idempotence", true, "acks", "all", "linger.ms", 5,
            "request.timeout.ms", 4_000, "delivery.timeout.ms", 180_000, "max.block.ms", 180_000), new StringSerializer(), new StringSerializer());
        thread.start();
    }

    int acknowledged() throws Exception {
        if (failure.get() != null) throw failure.get();
        return acknowledged.get();
    }

    int stop() throws Exception {
        stopping = true;
        thread.join();
        producer.close();
        if (acknowledged() != produced) throw new IllegalStateException(acknowledged + " of " + produced + " acknowledged");
        return produced;
    }

    private void produce() {
        try {
            for (; !stopping; produced++) {
                producer.send(new ProducerRecord<>(topic, 0, null, Integer.toString(produced)), (metadata, error) -> {
                    if (error == null) acknowledged.incrementAndGet();
                    else failure.compareAndSet(null, error);
                });
                Thread.sleep(5);
            }
        } catch (Exception thrown) {
            failure.compareAndSet(null, thrown);
        }
    }
}
