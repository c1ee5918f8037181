/** The topics of a cluster, for the specifications beside it. */
import { randomUuid, SeededRandom } from '../base/index.ts';
import { emptyImage, type MetadataImage, type Partition, type Topic } from '../metadata/index.ts';

export class SimulatedTopics {
  image: MetadataImage = emptyImage('cluster');
  newestAt = 0;
  readonly #random = new SeededRandom(7);

  /** Makes a topic, or adds partitions to it. Returns its id. */
  set(name: string, partitionCount: number): string {
    const before = this.image.topics.byName(name);
    const topic: Topic = {
      name,
      id: before?.id ?? randomUuid(this.#random),
      partitions: Array.from({ length: partitionCount }, (_, index) => partition(index)),
    };
    this.#next(this.image.topics.with([topic], []));
    if (before === undefined) this.newestAt = this.image.position.offset;
    return topic.id;
  }

  delete(name: string): void {
    const topic = this.image.topics.byName(name);
    if (topic !== undefined) this.#next(this.image.topics.with([], [topic]));
  }

  id(name: string): string {
    const id = this.image.topics.byName(name)?.id;
    if (id === undefined) throw new Error(`there is no topic ${name}`);
    return id;
  }

  #next(topics: MetadataImage['topics']): void {
    const { offset, epoch } = this.image.position;
    this.image = { ...this.image, topics, position: { offset: offset + 1, epoch } };
  }
}

function partition(index: number): Partition {
  return {
    index,
    leader: 1,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    replicas: [1],
    directories: [],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownEligibleLeaderReplicas: [],
  };
}
