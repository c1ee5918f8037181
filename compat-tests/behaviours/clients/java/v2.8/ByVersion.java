import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What the admin client of 2.8 calls otherwise, or does not have. */
final class ByVersion {
    static TopicDescription describe(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).all().get().get(topic);
    }

    static String topicId(TopicDescription topic) {
        throw new UnsupportedOperationException("topic ids came with 3.1");
    }

    static Collection<String> groups(Admin admin) throws Exception {
        return admin.listConsumerGroups().all().get().stream().map(group -> group.groupId()).toList();
    }

    static String state(ConsumerGroupDescription group) {
        return group.state().toString();
    }

    static OffsetSpec maxTimestamp() {
        throw new UnsupportedOperationException("the greatest timestamp came with 3.0");
    }

    static Object activeProducers(Admin admin, TopicPartition partition) {
        throw new UnsupportedOperationException("describing producers came with 3.0");
    }

    static Object quorum(Admin admin) {
        throw new UnsupportedOperationException("describing the quorum came with 3.3");
    }

    static ConfigResource clientMetrics(String subscription) {
        throw new UnsupportedOperationException("client metrics came with 3.7");
    }

    static Collection<String> clientMetricsSubscriptions(Admin admin) {
        throw new UnsupportedOperationException("client metrics came with 3.7");
    }

    static void subscribe(Consumer<?, ?> consumer, String pattern, ConsumerRebalanceListener listener) {
        throw new UnsupportedOperationException("expressions of the broker's came with 4.0");
    }

    private ByVersion() {}
}
