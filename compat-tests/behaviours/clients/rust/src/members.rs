use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kafrust::{ConsumerGroup, ConsumerGroupAssignmentStrategy, ConsumerGroupConfig, OffsetResetPolicy, RebalancePhase};
use serde_json::{json, Value};
use tokio::sync::{mpsc, oneshot};

use crate::{records, text, Answer, Client, Failure};

type Question = Box<dyn FnOnce(&mut ConsumerGroup) -> Result<(), kafrust::Error> + Send>;

enum Asked {
    Do(Question, oneshot::Sender<Result<(), Failure>>),
    Commit(oneshot::Sender<Result<(), Failure>>),
    Leave(oneshot::Sender<Result<(), Failure>>),
}

#[derive(Default)]
struct Seen {
    held: BTreeSet<i32>,
    given: BTreeSet<i32>,
    received: Vec<Value>,
}

struct Member {
    seen: Arc<Mutex<Seen>>,
    asked: mpsc::UnboundedSender<Asked>,
}

#[derive(Default)]
pub struct Members(Mutex<HashMap<String, Arc<Member>>>);

/// A member is read by a task of its own, which does between two polls what it is asked to.
pub fn join(client: &Client, args: &Value) -> Answer {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let listening = seen.clone();
    let latest = args["from"] == "latest";
    let mut config = ConsumerGroupConfig::new([client.address.as_str()], text(args, "group"))
        .subscribe(text(args, "topic"))
        .session_timeout_ms(args["sessionTimeoutMs"].as_i64().unwrap_or(10_000) as i32)
        .rebalance_timeout_ms(10_000)
        .max_wait_ms(100)
        .offset_reset_policy(if latest { OffsetResetPolicy::Latest } else { OffsetResetPolicy::Earliest })
        .assignment_strategy(match args["assignor"].as_str() {
            Some("cooperative-sticky") => ConsumerGroupAssignmentStrategy::CooperativeSticky,
            _ => ConsumerGroupAssignmentStrategy::Range,
        })
        .rebalance_listener(move |event| {
            if event.phase() == RebalancePhase::After {
                let now: BTreeSet<i32> = event.assignments().iter().map(|each| each.partition()).collect();
                let mut seen = listening.lock().unwrap();
                let given: Vec<i32> = seen.held.difference(&now).copied().collect();
                seen.given.extend(given);
                seen.held = now;
            }
        });
    if let Some(id) = args["instanceId"].as_str() {
        config = config.group_instance_id(id);
    }
    let (asked, questions) = mpsc::unbounded_channel();
    tokio::spawn(read(config, args["commitOnLeave"] == true, seen.clone(), questions));
    let member = Arc::new(Member { seen, asked });
    client.members.0.lock().unwrap().insert(text(args, "member").to_owned(), member);
    Ok(json!(true))
}

async fn read(
    config: ConsumerGroupConfig,
    commits: bool,
    seen: Arc<Mutex<Seen>>,
    mut questions: mpsc::UnboundedReceiver<Asked>,
) {
    loop {
        // A coordinator that is away ends the member: it joins again, as an application would.
        let mut group = match config.clone().join().await {
            Ok(group) => group,
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        seen.lock().unwrap().held = group.assignments().iter().map(|each| each.partition()).collect();
        loop {
            let positions = group.assignments().iter().map(|each| (each.partition(), each.next_offset())).collect();
            match group.poll().await {
                Ok(records) => seen.lock().unwrap().received.extend(records::from(&positions, &records)),
                Err(_) => break,
            }
            match questions.try_recv() {
                Ok(Asked::Do(question, answer)) => drop(answer.send(question(&mut group).map_err(Failure::from))),
                Ok(Asked::Commit(answer)) => {
                    drop(answer.send(group.commit_offsets().await.map_err(Failure::from)));
                }
                Ok(Asked::Leave(answer)) => {
                    let committed = if commits { group.commit_offsets().await } else { Ok(()) };
                    let left = group.leave().await;
                    drop(answer.send(committed.and(left).map_err(Failure::from)));
                    return;
                }
                Err(_) => {}
            }
        }
    }
}

impl Members {
    fn get(&self, args: &Value) -> Result<Arc<Member>, Failure> {
        let found = self.0.lock().unwrap().get(text(args, "member")).cloned();
        found.ok_or_else(|| Failure::new("no such member"))
    }

    pub fn assignment(&self, args: &Value) -> Answer {
        Ok(json!(self.get(args)?.seen.lock().unwrap().held))
    }

    pub fn revoked(&self, args: &Value) -> Answer {
        Ok(json!(self.get(args)?.seen.lock().unwrap().given))
    }

    pub fn received(&self, args: &Value) -> Answer {
        Ok(json!(self.get(args)?.seen.lock().unwrap().received))
    }

    pub async fn pause(&self, args: &Value) -> Answer {
        self.each_partition(args, |group, topic, partition| group.pause(topic, partition)).await
    }

    pub async fn resume(&self, args: &Value) -> Answer {
        self.each_partition(args, |group, topic, partition| group.resume(topic, partition)).await
    }

    async fn each_partition(
        &self,
        args: &Value,
        act: fn(&mut ConsumerGroup, &str, i32) -> Result<(), kafrust::Error>,
    ) -> Answer {
        let topic = text(args, "topic").to_owned();
        let partitions: Vec<i32> =
            args["partitions"].as_array().into_iter().flatten().filter_map(Value::as_i64).map(|it| it as i32).collect();
        let question: Question =
            Box::new(move |group| partitions.iter().try_for_each(|partition| act(group, &topic, *partition)));
        self.ask(args, |answer| Asked::Do(question, answer)).await
    }

    pub async fn commit(&self, args: &Value) -> Answer {
        self.ask(args, Asked::Commit).await
    }

    pub async fn leave(&self, args: &Value) -> Answer {
        let left = self.ask(args, Asked::Leave).await;
        self.0.lock().unwrap().remove(text(args, "member"));
        left
    }

    async fn ask(&self, args: &Value, asked: impl FnOnce(oneshot::Sender<Result<(), Failure>>) -> Asked) -> Answer {
        let (answer, answered) = oneshot::channel();
        let gone = |_| Failure::new("the member is gone");
        self.get(args)?.asked.send(asked(answer)).map_err(|_| Failure::new("the member is gone"))?;
        answered.await.map_err(gone)??;
        Ok(json!(true))
    }

    pub async fn leave_all(&self) {
        let names: Vec<String> = self.0.lock().unwrap().keys().cloned().collect();
        for member in names {
            let leaving = async { self.leave(&json!({ "member": member })).await.is_ok() };
            let _ = tokio::time::timeout(Duration::from_secs(5), leaving).await;
        }
    }
}
