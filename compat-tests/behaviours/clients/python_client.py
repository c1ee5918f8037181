"""The verbs of client.ts with confluent-kafka-python: the program's side of driver.ts."""
import json
import queue
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from confluent_kafka import (OFFSET_END, Consumer, ConsumerGroupTopicPartitions, ElectionType, IsolationLevel, KafkaError,
                             KafkaException, Producer, TopicCollection, TopicPartition)
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ConfigSource, NewPartitions,
                                   NewTopic, OffsetSpec, ResourceType, ScramCredentialInfo, ScramMechanism,
                                   UserScramCredentialDeletion, UserScramCredentialUpsertion)

ADDRESS = sys.argv[1]
QUIET = {'bootstrap.servers': ADDRESS, 'log_level': 0, 'topic.metadata.refresh.interval.ms': 1000}
# librdkafka 2.10 and later wait for a coordinator they dropped when re-bootstrapping (confluentinc/librdkafka#5511).
admin = AdminClient({**QUIET, 'metadata.recovery.strategy': 'none'})
members = {}
producers = {}


def text(raw):
    return None if raw is None else raw.decode()


def consumed(message):
    return {'partition': message.partition(), 'offset': message.offset(), 'timestampMs': message.timestamp()[1],
            'key': text(message.key()), 'value': text(message.value()),
            'headers': [[name, text(value)] for name, value in message.headers() or []]}


def one(futures):
    """The answer of a call that returns a future for each of the one thing asked for."""
    return next(iter(futures.values())).result(20)


class Member:
    """A consumer read by a thread of its own, which does between two polls what it is asked to."""

    def __init__(self, args):
        self.received, self.revoked, self.asked, self.leaving, self.fault = [], set(), queue.Queue(), False, None
        self.cooperative = args.get('assignor') == 'cooperative-sticky'
        configs = {**QUIET, 'group.id': args['group'], 'auto.offset.reset': args.get('from', 'earliest'),
                   'enable.auto.commit': args.get('commitOnLeave', False)}
        if 'protocol' in args:
            configs['group.protocol'] = args['protocol']
        else:
            configs.update({'session.timeout.ms': args.get('sessionTimeoutMs', 10000), 'heartbeat.interval.ms': 300,
                            'partition.assignment.strategy': args.get('assignor', 'range')})
        if 'instanceId' in args:
            configs['group.instance.id'] = args['instanceId']
        self.consumer = Consumer(configs)
        self.consumer.subscribe(['^' + args['pattern'] if 'pattern' in args else args['topic']], on_revoke=self.on_revoke)
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def on_revoke(self, _, partitions):
        if not self.leaving:
            self.revoked.update(each.partition for each in partitions)

    def read(self):
        while not self.leaving:
            message = self.consumer.poll(0.05)
            if message is not None and message.error() is None:
                self.received.append(consumed(message))
            elif message is not None and message.error().code() == KafkaError._FATAL:
                self.fault = shown(KafkaException(message.error()))
            while not self.asked.empty():
                question, answer = self.asked.get()
                try:
                    answer.set_result(question(self.consumer))
                except Exception as error:
                    answer.set_exception(error)
        self.consumer.close()

    def ask(self, question):
        answer = Future()
        self.asked.put((question, answer))
        return answer.result(20)

    def leave(self):
        self.leaving = True
        self.thread.join()


class SteadyProducer:
    """Produces 0, 1, 2... to partition 0 on a thread of its own, idempotently, until it is stopped."""

    def __init__(self, topic):
        self.topic, self.produced, self.acknowledged, self.errors, self.stopping = topic, 0, 0, [], False
        self.producer = Producer({**QUIET, 'enable.idempotence': True, 'linger.ms': 5, 'socket.timeout.ms': 4000,
                                  'request.timeout.ms': 4000, 'message.timeout.ms': 180000})
        self.thread = threading.Thread(target=self.produce)
        self.thread.start()

    def on_delivery(self, error, _):
        if error:
            self.errors.append(error)
        else:
            self.acknowledged += 1

    def produce(self):
        while not self.stopping:
            self.producer.produce(self.topic, str(self.produced), partition=0, on_delivery=self.on_delivery)
            self.produced += 1
            self.producer.poll(0)
            time.sleep(0.005)

    def acknowledged_so_far(self):
        if self.errors:
            raise KafkaException(self.errors[0])
        return self.acknowledged

    def stop(self):
        self.stopping = True
        self.thread.join()
        self.producer.flush(100)
        if self.acknowledged_so_far() != self.produced:
            raise TimeoutError(f'{self.acknowledged} of {self.produced} acknowledged')
        return self.produced


def produce(topic, records, compression='none', acks=-1, idempotent=False):
    # One for each call: a producer that lives on asks for the topics it knows, and so makes deleted ones anew.
    producer = Producer({**QUIET, 'compression.type': compression, 'acks': acks, 'enable.idempotence': idempotent,
                         'linger.ms': 5, 'message.max.bytes': 4000000, 'partitioner': 'murmur2_random'})
    errors = []
    for record in records:
        where = {'partition': record['partition']} if 'partition' in record else {}
        when = {'timestamp': record['timestampMs']} if 'timestampMs' in record else {}
        producer.produce(topic, record['value'], record.get('key'), headers=[tuple(each) for each in record.get('headers', [])], **where, **when,
                         on_delivery=lambda error, _: errors.append(error) if error else None)
    if producer.flush(20) > 0:
        raise TimeoutError('records are still waiting after 20 s')
    if errors:
        raise KafkaException(errors[0])


def consume(topic, count, **args):
    reset = 'error' if 'outOfRange' in args else 'earliest'
    consumer = Consumer({**QUIET, 'group.id': 'reader', 'enable.auto.commit': False, 'auto.offset.reset': reset})
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        wanted = [each for each in partitions if args.get('partition', each) == each]
        start = args['from']
        if start == 'earliest':
            consumer.assign([TopicPartition(topic, each, 0) for each in wanted])
        elif 'offset' in start:
            consumer.assign([TopicPartition(topic, each, start['offset']) for each in wanted])
        else:
            consumer.assign(consumer.offsets_for_times([TopicPartition(topic, each, start['timestampMs']) for each in wanted], 10))
        records, deadline = [], time.monotonic() + 20
        while len(records) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f'{len(records)} of {count} records after 20 s')
            message = consumer.poll(0.2)
            if message is not None and message.error() and message.error().code() == KafkaError._AUTO_OFFSET_RESET:
                raise KafkaException(message.error())
            if message is not None and message.error() is None:
                records.append(consumed(message))
        return records
    finally:
        consumer.close()


def create_topic(topic, partitions=-1, replicationFactor=-1, configs=None, validateOnly=False):
    fresh = NewTopic(topic, partitions, replicationFactor, config=configs or {})
    one(admin.create_topics([fresh], validate_only=validateOnly))


def describe_topic(topic):
    description = one(admin.describe_topics(TopicCollection([topic])))
    return {'partitions': [{'index': each.id, 'leader': each.leader.id, 'replicas': [node.id for node in each.replicas],
                            'isr': [node.id for node in each.isr]} for each in description.partitions]}


def configs_of(kind, name):
    entries = one(admin.describe_configs([ConfigResource(kind, str(name))]))
    return {name: {'value': entry.value, 'isDefault': entry.source == ConfigSource.DEFAULT_CONFIG.value}
            for name, entry in entries.items()}


def alter_config(topic, name, operation, value=None):
    entry = ConfigEntry(name, value, incremental_operation=operation)
    one(admin.incremental_alter_configs([ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])]))


def offset_at(topic, partition, at):
    named = {'earliest': OffsetSpec.earliest, 'latest': OffsetSpec.latest, 'max timestamp': OffsetSpec.max_timestamp}
    spec = named[at]() if isinstance(at, str) else OffsetSpec.for_timestamp(at['timestampMs'])
    asked = {TopicPartition(topic, partition): spec}
    return one(admin.list_offsets(asked, isolation_level=IsolationLevel.READ_UNCOMMITTED)).offset


def committed(group, topic):
    found = one(admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]))
    return {each.partition: each.offset for each in found.topic_partitions if each.topic == topic and each.offset >= 0}


def set_committed(group, topic, partition, offset):
    wanted = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, partition, offset)])
    error = one(admin.alter_consumer_group_offsets([wanted])).topic_partitions[0].error
    if error:
        raise KafkaException(error)


def describe_group(group):
    found = one(admin.describe_consumer_groups([group]))
    return {'state': ''.join(word.title() for word in found.state.name.split('_')),
            'members': [{'partitions': sorted(each.partition for each in member.assignment.topic_partitions)}
                        for member in found.members]}


def delete_records(topic, partition, before):
    offset = OFFSET_END if before == -1 else before
    return one(admin.delete_records([TopicPartition(topic, partition, offset)])).low_watermark


def elect_leader(topic, partition):
    elected = admin.elect_leaders(ElectionType.PREFERRED, [TopicPartition(topic, partition)]).result(20)
    error = next(iter(elected.values()))
    if error is not None:
        raise error if isinstance(error, Exception) else KafkaException(error)


def set_scram(user, iterations):
    mechanism = ScramMechanism.SCRAM_SHA_256
    one(admin.alter_user_scram_credentials([
        UserScramCredentialDeletion(user, mechanism) if iterations is None else
        UserScramCredentialUpsertion(user, ScramCredentialInfo(mechanism, iterations), b'secret')]))


def scram(user):
    found = one(admin.describe_user_scram_credentials([user]))
    return {each.mechanism.name.replace('_', '-'): each.iterations for each in found.scram_credential_infos}


def cluster():
    return {'brokers': [{'id': node.id, 'host': node.host, 'port': node.port}
                        for node in admin.describe_cluster().result(20).nodes]}


def with_partitions(topic, partitions):
    return [TopicPartition(topic, each) for each in partitions]


VERBS = {
    'produce': produce,
    'consume': consume,
    'createTopic': create_topic,
    'deleteTopic': lambda topic: one(admin.delete_topics([topic])),
    'listTopics': lambda: list(admin.list_topics(timeout=20).topics),
    'describeTopic': describe_topic,
    'topicId': lambda topic: str(one(admin.describe_topics(TopicCollection([topic]))).topic_id),
    'createPartitions': lambda topic, count: one(admin.create_partitions([NewPartitions(topic, count)])),
    'topicConfigs': lambda topic: configs_of(ResourceType.TOPIC, topic),
    'brokerConfigs': lambda broker: configs_of(ResourceType.BROKER, broker),
    'setConfig': lambda topic, name, value: alter_config(topic, name, AlterConfigOpType.SET, value),
    'unsetConfig': lambda topic, name: alter_config(topic, name, AlterConfigOpType.DELETE),
    'cluster': cluster,
    'offsetAt': offset_at,
    'join': lambda **args: members.update({args['member']: Member(args)}),
    'assignment': lambda member: members[member].ask(lambda consumer: sorted(each.partition for each in consumer.assignment())),
    'revoked': lambda member: members[member].ask(lambda _: sorted(members[member].revoked)),
    'received': lambda member: members[member].ask(lambda _: list(members[member].received)),
    'pause': lambda member, topic, partitions: members[member].ask(lambda it: it.pause(with_partitions(topic, partitions))),
    'resume': lambda member, topic, partitions: members[member].ask(lambda it: it.resume(with_partitions(topic, partitions))),
    'seek': lambda member, topic, partition, offset: members[member].ask(lambda it: it.seek(TopicPartition(topic, partition, offset))),
    'commit': lambda member: members[member].ask(lambda consumer: consumer.commit(asynchronous=False) and None),
    'leave': lambda member: members.pop(member).leave(),
    'listGroups': lambda: [each.group_id for each in admin.list_consumer_groups().result(20).valid],
    'describeGroup': describe_group,
    'committed': committed,
    'lag': lambda group, topic: {each: offset_at(topic, each, 'latest') - at for each, at in committed(group, topic).items()},
    'setCommitted': set_committed,
    'fault': lambda member: members[member].fault,
    'deleteGroup': lambda group: one(admin.delete_consumer_groups([group])),
    'deleteRecords': delete_records,
    'electLeader': elect_leader,
    'setScram': set_scram,
    'scram': scram,
    'startProducing': lambda producer, topic: producers.update({producer: SteadyProducer(topic)}),
    'acknowledged': lambda producer: producers[producer].acknowledged_so_far(),
    'stopProducing': lambda producer: producers.pop(producer).stop(),
}

writing = threading.Lock()


def shown(error):
    """What an error tells: its code and its words."""
    cause = error.args[0] if error.args and isinstance(error.args[0], KafkaError) else None
    return {'code': cause.code() if cause else None, 'message': f'{type(error).__name__}: {error}'}


def answer(request):
    reply = {'id': request['id']}
    try:
        reply['result'] = VERBS[request['verb']](**request['args'])
    except Exception as error:
        reply['error'] = shown(error)
    with writing:
        print(json.dumps(reply), flush=True)


with ThreadPoolExecutor(16) as threads:
    for line in sys.stdin:
        threads.submit(answer, json.loads(line))
for each in [*producers.values()]:
    each.stop()
for each in list(members.values()):
    each.leave()
