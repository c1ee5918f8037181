use std::collections::HashMap;
use std::time::{Duration, Instant, UNIX_EPOCH};

use kafrust::protocol::api::list_offsets::{ListOffsetsPartitionV1, ListOffsetsTopicV1};
use kafrust::{Acks, Compression, ConsumerConfig, ConsumerRecord, OffsetResetPolicy, ProducerConfig, ProducerRecord};
use serde_json::{json, Value};

use crate::{admin, check, number, text, Answer, Client, Failure};

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn produce(client: &Client, args: &Value) -> Answer {
    let compression = match args["compression"].as_str() {
        Some("gzip") => Compression::Gzip,
        Some("snappy") => Compression::Snappy,
        Some("lz4") => Compression::Lz4,
        Some("zstd") => Compression::Zstd,
        _ => Compression::None,
    };
    let acks = match args["acks"].as_i64() {
        Some(0) => Acks::None,
        Some(1) => Acks::Leader,
        _ => Acks::All,
    };
    let mut config = ProducerConfig::new([client.address.as_str()])
        .acks(acks)
        .compression(compression)
        .max_batch_bytes(4_000_000)
        .enable_idempotence(args["idempotent"] == true);
    if args["retry"] == false {
        config = config.max_retries(0);
    }
    let mut producer = config.build().await?;
    let since = Instant::now();
    loop {
        let records = args["records"].as_array().into_iter().flatten();
        match producer.send_batch(records.map(|each| outgoing(text(args, "topic"), each))).await {
            Ok(_) => return Ok(json!(true)),
            // Its question made the topic, which Apache Kafka tells only later, and kafrust does not wait for.
            Err(kafrust::Error::UnknownTopicOrPartition { .. }) if since.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn outgoing(topic: &str, each: &Value) -> ProducerRecord {
    let mut record = ProducerRecord::to(topic);
    if let Some(key) = each["key"].as_str() {
        record = record.key(key);
    }
    if let Some(value) = each["value"].as_str() {
        record = record.value(value);
    }
    if let Some(partition) = each["partition"].as_i64() {
        record = record.partition(partition as i32);
    }
    if let Some(timestamp) = each["timestampMs"].as_u64() {
        record = record.timestamp(UNIX_EPOCH + Duration::from_millis(timestamp));
    }
    for header in each["headers"].as_array().into_iter().flatten() {
        record = record.header(header[0].as_str().unwrap_or(""), header[1].as_str().unwrap_or(""));
    }
    record
}

pub async fn consume(client: &Client, args: &Value) -> Answer {
    let (topic, count) = (text(args, "topic"), number(args, "count") as usize);
    let reset = if args["outOfRange"] == "fail" { OffsetResetPolicy::Offset(0) } else { OffsetResetPolicy::Earliest };
    let config = ConsumerConfig::new([client.address.as_str()]).max_wait_ms(200).offset_reset_policy(reset);
    let mut consumer = config.build().await?;
    let mut starts = Positions::new();
    for partition in admin::partitions(client, topic).await? {
        if args["partition"].as_i64().is_some_and(|wanted| wanted != i64::from(partition)) {
            continue;
        }
        let start = match (args["from"]["offset"].as_i64(), args["from"]["timestampMs"].as_i64()) {
            (Some(offset), _) => offset,
            (None, Some(time)) => match listed(client, topic, partition, time).await? {
                -1 => listed(client, topic, partition, LATEST).await?,
                found => found,
            },
            (None, None) => listed(client, topic, partition, EARLIEST).await?,
        };
        consumer.assign(topic, partition, start);
        starts.insert(partition, start);
    }
    let (mut records, since) = (Vec::new(), Instant::now());
    while records.len() < count {
        if since.elapsed() > PATIENCE {
            return Err(Failure::new(format!("{} of {count} records after 20 s", records.len())));
        }
        records.extend(from(&starts, &consumer.poll().await?));
    }
    records.truncate(count);
    Ok(json!(records))
}

pub type Positions = HashMap<i32, i64>;

/// kafrust hands batches over whole: what lies before the position in them is left out here. Where nothing reaches the
/// position, it was reset.
pub fn from(positions: &Positions, records: &[ConsumerRecord]) -> Vec<Value> {
    let last = |partition| records.iter().filter(|each| each.partition() == partition).map(|each| each.offset()).max();
    let is_wanted = |each: &&ConsumerRecord| match positions.get(&each.partition()) {
        Some(at) => each.offset() >= *at || last(each.partition()) < Some(*at),
        None => true,
    };
    records.iter().filter(is_wanted).map(consumed).collect()
}

fn consumed(record: &ConsumerRecord) -> Value {
    let headers: Vec<Value> =
        record.headers().iter().map(|header| json!([header.key(), header.value().map(lossy)])).collect();
    json!({
        "partition": record.partition(),
        "offset": record.offset(),
        "timestampMs": record.timestamp_ms(),
        "key": record.key().map(lossy),
        "value": record.value().map(lossy),
        "headers": headers,
    })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub async fn offset_at(client: &Client, args: &Value) -> Answer {
    let at = match (args["at"].as_str(), args["at"]["timestampMs"].as_i64()) {
        (Some("earliest"), _) => EARLIEST,
        (_, Some(time)) => time,
        _ => LATEST,
    };
    Ok(json!(listed(client, text(args, "topic"), number(args, "partition") as i32, at).await?))
}

pub async fn latest(client: &Client, topic: &str, partition: i32) -> Result<i64, Failure> {
    listed(client, topic, partition, LATEST).await
}

/// The one broker leads everything, so it can be asked directly.
async fn listed(client: &Client, topic: &str, partition_index: i32, timestamp: i64) -> Result<i64, Failure> {
    let partitions = vec![ListOffsetsPartitionV1 { partition_index, timestamp }];
    let since = Instant::now();
    loop {
        let mut connection = kafrust::Client::connect(&client.address, None).await?;
        let asked = vec![ListOffsetsTopicV1 { name: topic.to_owned(), partitions: partitions.clone() }];
        let answer = connection.list_offsets_v1(asked).await?;
        let found = answer.topics.iter().flat_map(|each| &each.partitions).next();
        let found = found.ok_or_else(|| Failure::new("no answer for the partition"))?;
        // A broker that has just started may not lead yet.
        if found.error_code != 6 || since.elapsed() > PATIENCE {
            check(found.error_code, "ListOffsets")?;
            return Ok(found.offset);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
