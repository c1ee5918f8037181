interface Link<T> {
  readonly value: T;
  next: Link<T> | undefined;
}

/** First in, first out: an array that is emptied and filled again with every request would have its memory made anew each time. */
export class Queue<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): T | undefined {
    return this.#first?.value;
  }

  get last(): T | undefined {
    return this.#last?.value;
  }

  push(value: T): void {
    const link: Link<T> = { value, next: undefined };
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.#length++;
  }

  /** Takes out the first. */
  shift(): T | undefined {
    const link = this.#first;
    if (link === undefined) return undefined;
    this.#first = link.next;
    if (link.next === undefined) this.#last = undefined;
    this.#length--;
    return link.value;
  }

  clear(): void {
    this.#first = this.#last = undefined;
    this.#length = 0;
  }
}
