import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What the admin client of 4.3 calls otherwise than its predecessors. */
final class ByVersion {
    static TopicDescription describe(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    }

    static String topicId(TopicDescription topic) {
        return topic.topicId().toString();
    }

    static Collection<String> groups(Admin admin) throws Exception {
        return admin.listGroups().all().get().stream().map(group -> group.groupId()).toList();
    }

    static String state(ConsumerGroupDescription group) {
        return group.groupState().toString();
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
        return new ConfigResource(ConfigResource.Type.CLIENT_METRICS, subscription);
    }

    static Collection<String> clientMetricsSubscriptions(Admin admin) throws Exception {
        return admin.listConfigResources(Set.of(ConfigResource.Type.CLIENT_METRICS), new ListConfigResourcesOptions()).all().get().stream()
            .map(ConfigResource::name).toList();
    }

    static void subscribe(Consumer<?, ?> consumer, String pattern, ConsumerRebalanceListener listener) {
        consumer.subscribe(new SubscriptionPattern(pattern), listener);
    }

    private ByVersion() {}
}
