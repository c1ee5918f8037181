"""Reads, processes and writes in transactions until it is killed, with confluent-kafka. Arguments: address, input topic,
output topic, group, transactional id, records per transaction. Prints "committed N" after each transaction, and every 20th
it aborts first."""

import sys

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

address, source, target, group, transactional_id, size = sys.argv[1:]
# On bootstrapping anew it gives up the only broker there is, and waits for ever for its transaction coordinator.
staying = {"bootstrap.servers": address, "reconnect.backoff.max.ms": 200, "metadata.recovery.strategy": "none"}
consumer = Consumer(
    staying
    | {
        "group.id": group,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "session.timeout.ms": 6000,
        "heartbeat.interval.ms": 500,
    }
)
producer = Producer(
    staying
    | {
        "transactional.id": transactional_id,
        "transaction.timeout.ms": 10000,
        "linger.ms": 0,
    }
)


def rewind(records):
    """
    What was read in an aborted transaction is read again. No other partition is sought: where librdkafka is still looking
    up the beginning of one, a timer of that lookup stays, and takes a later seek back (2.16).
    """
    read = {(record.topic(), record.partition()) for record in records}
    owned = [partition for partition in consumer.assignment() if (partition.topic, partition.partition) in read]
    for partition in consumer.committed(owned, 20) if owned else []:
        consumer.seek(TopicPartition(partition.topic, partition.partition, max(partition.offset, 0)))


def patiently(call, *args):
    """Calls again what the client says can be called again."""
    while True:
        try:
            return call(*args)
        except KafkaException as failed:
            if not failed.args[0].retriable():
                raise


def main():
    patiently(producer.init_transactions, 60)
    consumer.subscribe([source])
    committed = attempts = 0
    while True:
        records = [record for record in consumer.consume(int(size), 0.2) if record.error() is None]
        if not records:
            continue
        producer.begin_transaction()
        attempts += 1
        try:
            for record in records:
                producer.produce(target, b"processed " + record.value(), record.key())
            if attempts % 20 == 0:
                # One that has not begun at the broker when it is aborted ends the transaction before, which is refused.
                producer.flush()
                patiently(producer.abort_transaction, 60)
                rewind(records)
                continue
            positions = consumer.position(consumer.assignment())
            patiently(producer.send_offsets_to_transaction, positions, consumer.consumer_group_metadata(), 60)
            patiently(producer.commit_transaction, 60)
            committed += 1
            print("committed", committed, flush=True)
        except KafkaException as failed:
            if not failed.args[0].txn_requires_abort():
                raise
            print("aborting:", failed, flush=True)
            patiently(producer.abort_transaction, 60)
            rewind(records)


main()
