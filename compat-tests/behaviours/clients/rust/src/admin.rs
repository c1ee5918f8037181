use kafrust::{
    AlterConfigsOptions, ConfigSource, CreatePartitionsOptions, CreateTopicsOptions, DeleteRecordsOptions,
    DeleteRecordsTopic, DeleteTopicsOptions, DescribeConfigsOptions, DescribeTopicPartitionsOptions,
    DescribeTopicPartitionsTopic, NewPartitions, NewTopic, TopicConfigAlteration, TopicConfigResource,
};
use serde_json::{json, Map, Value};

use crate::{check, number, text, Answer, Client, Failure};

pub async fn create_topic(client: &Client, args: &Value) -> Answer {
    let partitions = args["partitions"].as_i64().unwrap_or(-1) as i32;
    let replication = args["replicationFactor"].as_i64().unwrap_or(-1) as i16;
    let mut topic = NewTopic::new(text(args, "topic"), partitions, replication);
    for (name, value) in args["configs"].as_object().into_iter().flatten() {
        topic = topic.config(name, value.as_str().unwrap_or(""));
    }
    let options = CreateTopicsOptions::new().validate_only(args["validateOnly"] == true);
    for each in client.admin.create_topics(&[topic], options).await?.topics() {
        check(each.error_code(), each.error_message().unwrap_or(each.name()))?;
    }
    Ok(json!(true))
}

pub async fn delete_topic(client: &Client, args: &Value) -> Answer {
    let topics = [text(args, "topic").to_owned()];
    for each in client.admin.delete_topics(&topics, DeleteTopicsOptions::new()).await?.topics() {
        check(each.error_code(), each.name())?;
    }
    Ok(json!(true))
}

pub async fn list_topics(client: &Client) -> Answer {
    let topics = client.admin.list_topics().await?;
    Ok(topics.iter().map(|each| each.name()).collect())
}

async fn topic(client: &Client, name: &str) -> Result<DescribeTopicPartitionsTopic, Failure> {
    let topics = [name.to_owned()];
    let found = client.admin.describe_topic_partitions(&topics, DescribeTopicPartitionsOptions::new()).await?;
    let topic = found.topics().first().ok_or_else(|| Failure::new("no answer for the topic"))?;
    check(topic.error_code(), name)?;
    Ok(topic.clone())
}

pub async fn partitions(client: &Client, name: &str) -> Result<Vec<i32>, Failure> {
    Ok(topic(client, name).await?.partitions().iter().map(|each| each.partition_index()).collect())
}

pub async fn describe_topic(client: &Client, args: &Value) -> Answer {
    let found = topic(client, text(args, "topic")).await?;
    let partitions: Vec<Value> = found
        .partitions()
        .iter()
        .map(|each| {
            json!({
                "index": each.partition_index(),
                "leader": each.leader_id(),
                "replicas": each.replica_nodes(),
                "isr": each.isr_nodes(),
            })
        })
        .collect();
    Ok(json!({ "partitions": partitions }))
}

pub async fn topic_id(client: &Client, args: &Value) -> Answer {
    Ok(json!(format!("{:?}", topic(client, text(args, "topic")).await?.topic_id())))
}

pub async fn create_partitions(client: &Client, args: &Value) -> Answer {
    let wanted = [NewPartitions::new(text(args, "topic"), number(args, "count") as i32)];
    for each in client.admin.create_partitions(&wanted, CreatePartitionsOptions::new()).await?.topics() {
        check(each.error_code(), each.error_message().unwrap_or(each.name()))?;
    }
    Ok(json!(true))
}

pub async fn topic_configs(client: &Client, args: &Value) -> Answer {
    let resources = [TopicConfigResource::new(text(args, "topic"))];
    let found = client.admin.describe_topic_configs(&resources, DescribeConfigsOptions::new()).await?;
    let mut values = Map::new();
    for resource in found.resources() {
        check(resource.error_code(), resource.error_message().unwrap_or(resource.name()))?;
        for each in resource.entries() {
            let is_default = each.source() == ConfigSource::DefaultConfig;
            values.insert(each.name().to_owned(), json!({ "value": each.value(), "isDefault": is_default }));
        }
    }
    Ok(Value::Object(values))
}

pub async fn set_config(client: &Client, args: &Value) -> Answer {
    alter(client, TopicConfigAlteration::new(text(args, "topic")).set(text(args, "name"), text(args, "value"))).await
}

pub async fn unset_config(client: &Client, args: &Value) -> Answer {
    alter(client, TopicConfigAlteration::new(text(args, "topic")).delete(text(args, "name"))).await
}

async fn alter(client: &Client, change: TopicConfigAlteration) -> Answer {
    let altered = client.admin.incremental_alter_topic_configs(&[change], AlterConfigsOptions::new()).await?;
    for each in altered.resources() {
        check(each.error_code(), each.error_message().unwrap_or(each.name()))?;
    }
    Ok(json!(true))
}

pub async fn cluster(client: &Client) -> Answer {
    let found = client.admin.describe_cluster().await?;
    let brokers: Vec<Value> = found
        .brokers()
        .iter()
        .map(|each| json!({ "id": each.id(), "host": each.host(), "port": each.port() }))
        .collect();
    Ok(json!({ "brokers": brokers }))
}

pub async fn delete_records(client: &Client, args: &Value) -> Answer {
    let before = DeleteRecordsTopic::new(text(args, "topic"));
    let before = [before.partition(number(args, "partition") as i32, number(args, "before"))];
    let deleted = client.admin.delete_records(&before, DeleteRecordsOptions::new()).await?;
    let found = deleted.topics().iter().flat_map(|each| each.partitions()).next();
    let found = found.ok_or_else(|| Failure::new("no answer for the partition"))?;
    check(found.error_code(), "DeleteRecords")?;
    Ok(json!(found.low_watermark()))
}
