import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What the admin client of 3.6 calls otherwise, or does not have. */
final class ByVersion {
    static TopicDescription describe(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    }

    static String topicId(TopicDescription topic) {
        return topic.topicId().toString();
    }

    static Collection<String> groups(Admin admin) throws Exception {
        return admin.listConsumerGroups().all().get().stream().map(group -> group.groupId()).toList();
    }

    static String state(ConsumerGroupDescription group) {
        return group.state().toString();
    }

    static OffsetSpec maxTimestamp() {
        return OffsetSpec.maxTimestamp();
    }

    static Object activeProducers(Admin admin, TopicPartition partition) throws Exception {
        return admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers().stream()
            .map(each -> Map.of("epoch", each.producerEpoch(), "lastSequence", each.lastSequence())).toList();
    }

    static Object quorum(Admin admin) throws Exception {
        QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
        return Map.of("leader", quorum.leaderId(), "voters", quorum.voters().stream().map(QuorumInfo.ReplicaState::replicaId).toList());
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
