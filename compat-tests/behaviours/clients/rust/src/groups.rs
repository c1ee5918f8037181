use std::collections::BTreeMap;

use kafrust::ConsumerGroupOffset;
use serde_json::{json, Value};

use crate::{check, number, records, text, Answer, Client, Failure};

pub async fn list(client: &Client) -> Answer {
    let groups = client.admin.list_groups().await?;
    Ok(groups.iter().map(|each| each.group_id()).collect())
}

pub async fn describe(client: &Client, args: &Value) -> Answer {
    let found = client.admin.describe_consumer_groups(&[text(args, "group").to_owned()]).await?;
    let group = found.first().ok_or_else(|| Failure::new("no answer for the group"))?;
    check(group.error_code(), group.group_id())?;
    let members: Vec<Value> =
        group.members().iter().map(|each| json!({ "partitions": assigned(each.member_assignment()) })).collect();
    Ok(json!({ "state": group.state(), "members": members }))
}

/// The partitions of an assignment as members of the "consumer" protocol write it: a version, topics with partitions.
fn assigned(assignment: &[u8]) -> Vec<i32> {
    let int16 = |at: usize| assignment.get(at..at + 2).map(|b| i16::from_be_bytes([b[0], b[1]]));
    let int32 = |at: usize| assignment.get(at..at + 4).map(|b| i32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    let (mut partitions, mut at) = (Vec::new(), 6);
    for _ in 0..int32(2).unwrap_or(0) {
        at += 2 + int16(at).unwrap_or(0) as usize;
        let count = int32(at).unwrap_or(0) as usize;
        partitions.extend((0..count).filter_map(|i| int32(at + 4 + 4 * i)));
        at += 4 + 4 * count;
    }
    partitions.sort_unstable();
    partitions
}

async fn offsets(client: &Client, args: &Value) -> Result<BTreeMap<i32, i64>, Failure> {
    let found = client.admin.list_consumer_group_offsets(text(args, "group"), None).await?;
    check(found.error_code(), found.group_id())?;
    let mut offsets = BTreeMap::new();
    for topic in found.topics().iter().filter(|each| each.topic() == text(args, "topic")) {
        for each in topic.partitions() {
            check(each.error_code(), topic.topic())?;
            if each.committed_offset() >= 0 {
                offsets.insert(each.partition_index(), each.committed_offset());
            }
        }
    }
    Ok(offsets)
}

pub async fn committed(client: &Client, args: &Value) -> Answer {
    Ok(json!(offsets(client, args).await?))
}

pub async fn lag(client: &Client, args: &Value) -> Answer {
    let mut lags = offsets(client, args).await?;
    for (partition, at) in &mut lags {
        *at = records::latest(client, text(args, "topic"), *partition).await? - *at;
    }
    Ok(json!(lags))
}

pub async fn set_committed(client: &Client, args: &Value) -> Answer {
    let partition = number(args, "partition") as i32;
    let offset = ConsumerGroupOffset::new(text(args, "topic"), partition, number(args, "offset"));
    let altered = client.admin.alter_consumer_group_offsets(text(args, "group"), &[offset]).await?;
    for each in altered.topics().iter().flat_map(|topic| topic.partitions()) {
        check(each.error_code(), "OffsetCommit")?;
    }
    Ok(json!(true))
}

pub async fn delete(client: &Client, args: &Value) -> Answer {
    for each in client.admin.delete_consumer_groups(&[text(args, "group").to_owned()]).await? {
        check(each.error_code(), each.group_id())?;
    }
    Ok(json!(true))
}
