//! The verbs of client.ts with kafrust: the program's side of driver.ts.
mod admin;
mod groups;
mod members;
mod records;

use std::sync::Arc;

use serde_json::{json, Value};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

pub type Answer = Result<Value, Failure>;

/// What a verb fails with: Kafka's code, where it told one, and words.
pub struct Failure {
    code: Option<i16>,
    message: String,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: None, message: message.into() }
    }

    pub fn of_code(code: i16, message: impl Into<String>) -> Self {
        Self { code: Some(code), message: message.into() }
    }
}

impl From<kafrust::Error> for Failure {
    fn from(error: kafrust::Error) -> Self {
        let code = match &error {
            kafrust::Error::Broker { code, .. } => Some(*code),
            kafrust::Error::UnknownTopicOrPartition { .. } => Some(3),
            _ => None,
        };
        Self { code, message: error.to_string() }
    }
}

/// Kafka's code as a failure, unless it is 0.
pub fn check(code: i16, what: &str) -> Result<(), Failure> {
    if code == 0 {
        return Ok(());
    }
    Err(Failure::of_code(code, what))
}

pub struct Client {
    pub address: String,
    pub admin: kafrust::AdminClient,
    pub members: members::Members,
}

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).expect("the broker's address");
    let config = kafrust::ClientConfig::new([address.as_str()]).client_id("behaviours");
    let admin = kafrust::AdminClient::new(config);
    let client = Arc::new(Client { address, admin, members: members::Members::default() });
    let out = Arc::new(tokio::sync::Mutex::new(tokio::io::stdout()));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let request: Value = serde_json::from_str(&line).expect("a request");
        let (client, out) = (client.clone(), out.clone());
        tokio::spawn(async move {
            let answer = match run(&client, request["verb"].as_str().unwrap_or(""), &request["args"]).await {
                Ok(result) => json!({ "id": request["id"], "result": result }),
                Err(Failure { code, message }) => {
                    json!({ "id": request["id"], "error": { "code": code, "message": message } })
                }
            };
            let mut out = out.lock().await;
            out.write_all(format!("{answer}\n").as_bytes()).await.expect("a reader");
            out.flush().await.expect("a reader");
        });
    }
    client.members.leave_all().await;
}

async fn run(client: &Client, verb: &str, args: &Value) -> Answer {
    match verb {
        "produce" => records::produce(client, args).await,
        "consume" => records::consume(client, args).await,
        "offsetAt" => records::offset_at(client, args).await,
        "createTopic" => admin::create_topic(client, args).await,
        "deleteTopic" => admin::delete_topic(client, args).await,
        "listTopics" => admin::list_topics(client).await,
        "describeTopic" => admin::describe_topic(client, args).await,
        "topicId" => admin::topic_id(client, args).await,
        "createPartitions" => admin::create_partitions(client, args).await,
        "topicConfigs" => admin::topic_configs(client, args).await,
        "setConfig" => admin::set_config(client, args).await,
        "unsetConfig" => admin::unset_config(client, args).await,
        "cluster" => admin::cluster(client).await,
        "deleteRecords" => admin::delete_records(client, args).await,
        "join" => members::join(client, args),
        "assignment" => client.members.assignment(args),
        "revoked" => client.members.revoked(args),
        "received" => client.members.received(args),
        "pause" => client.members.pause(args).await,
        "resume" => client.members.resume(args).await,
        "commit" => client.members.commit(args).await,
        "leave" => client.members.leave(args).await,
        "listGroups" => groups::list(client).await,
        "describeGroup" => groups::describe(client, args).await,
        "committed" => groups::committed(client, args).await,
        "lag" => groups::lag(client, args).await,
        "setCommitted" => groups::set_committed(client, args).await,
        "deleteGroup" => groups::delete(client, args).await,
        _ => Err(Failure::new(format!("no verb {verb}"))),
    }
}

pub fn text<'a>(args: &'a Value, name: &str) -> &'a str {
    args[name].as_str().unwrap_or("")
}

pub fn number(args: &Value, name: &str) -> i64 {
    args[name].as_i64().unwrap_or(0)
}
