package lines

import (
	"encoding/json"
	"fmt"
)

// Args are the arguments of all verbs together; client.ts says which verb has which.
type Args struct {
	Topic             string            `json:"topic"`
	Group             string            `json:"group"`
	Member            string            `json:"member"`
	Producer          string            `json:"producer"`
	Name              string            `json:"name"`
	ID                string            `json:"id"`
	User              string            `json:"user"`
	Subscription      string            `json:"subscription"`
	Assignor          string            `json:"assignor"`
	InstanceID        string            `json:"instanceId"`
	Compression       string            `json:"compression"`
	OutOfRange        string            `json:"outOfRange"`
	Records           []Record          `json:"records"`
	Replicas          []int32           `json:"replicas"`
	Configs           map[string]string `json:"configs"`
	From              Position          `json:"from"`
	At                Position          `json:"at"`
	Partition         *int32            `json:"partition"`
	Partitions        json.RawMessage   `json:"partitions"`
	Value             json.RawMessage   `json:"value"`
	Acks              *int16            `json:"acks"`
	ReplicationFactor *int16            `json:"replicationFactor"`
	Iterations        *int32            `json:"iterations"`
	Retry             *bool             `json:"retry"`
	SessionTimeoutMs  int               `json:"sessionTimeoutMs"`
	Count             int               `json:"count"`
	Broker            int32             `json:"broker"`
	Offset            int64             `json:"offset"`
	Before            int64             `json:"before"`
	Idempotent        bool              `json:"idempotent"`
	ValidateOnly      bool              `json:"validateOnly"`
	CommitOnLeave     bool              `json:"commitOnLeave"`
}

// Position is where to read from: a word, an offset, or a time.
type Position struct {
	Word        string
	Offset      *int64 `json:"offset"`
	TimestampMs *int64 `json:"timestampMs"`
}

// UnmarshalJSON reads `"earliest"`, `{"offset": 1}` or `{"timestampMs": 1}`.
func (p *Position) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &p.Word)
	}
	type plain Position
	return json.Unmarshal(raw, (*plain)(p))
}

// Record is one to be produced.
type Record struct {
	Key         *string     `json:"key"`
	Value       *string     `json:"value"`
	Headers     [][2]string `json:"headers"`
	Partition   *int32      `json:"partition"`
	TimestampMs *int64      `json:"timestampMs"`
}

// Consumed is a record that was read.
type Consumed struct {
	Partition   int32       `json:"partition"`
	Offset      int64       `json:"offset"`
	TimestampMs int64       `json:"timestampMs"`
	Key         *string     `json:"key"`
	Value       *string     `json:"value"`
	Headers     [][2]string `json:"headers"`
}

// ConfigValue is a config as a broker describes it.
type ConfigValue struct {
	Value     *string `json:"value"`
	IsDefault bool    `json:"isDefault"`
}

// PartitionNumber is 0 where no partition is named.
func (a *Args) PartitionNumber() int32 {
	if a.Partition == nil {
		return 0
	}
	return *a.Partition
}

// PartitionNumbers is the list of pause and resume.
func (a *Args) PartitionNumbers() ([]int32, error) {
	var numbers []int32
	return numbers, json.Unmarshal(a.Partitions, &numbers)
}

// PartitionCount is -1, the broker's default, where none is named.
func (a *Args) PartitionCount() (int32, error) {
	if a.Partitions == nil {
		return -1, nil
	}
	var count int32
	return count, json.Unmarshal(a.Partitions, &count)
}

// Replication is -1, the broker's default, where none is named.
func (a *Args) Replication() int16 {
	if a.ReplicationFactor == nil {
		return -1
	}
	return *a.ReplicationFactor
}

// Acknowledgements is -1, all, where none are named.
func (a *Args) Acknowledgements() int16 {
	if a.Acks == nil {
		return -1
	}
	return *a.Acks
}

// Retries says whether a refusal that could pass is tried again.
func (a *Args) Retries() bool {
	return a.Retry == nil || *a.Retry
}

// TextValue is the value of a config.
func (a *Args) TextValue() (*string, error) {
	var value *string
	return value, json.Unmarshal(a.Value, &value)
}

// NumberValue is the value of a quota; nil takes it away.
func (a *Args) NumberValue() (*float64, error) {
	var value *float64
	return value, json.Unmarshal(a.Value, &value)
}

// ConfigPointers are the configs as both clients want them.
func (a *Args) ConfigPointers() map[string]*string {
	configs := make(map[string]*string, len(a.Configs))
	for name, value := range a.Configs {
		configs[name] = &value
	}
	return configs
}

// TooFew is the error of a reader that waited in vain.
func TooFew(read int, args *Args) error {
	return fmt.Errorf("%d of %d records after 20 s", read, args.Count)
}

// Text keeps null apart from empty.
func Text(raw []byte) *string {
	if raw == nil {
		return nil
	}
	text := string(raw)
	return &text
}

// Bytes keeps null apart from empty.
func Bytes(text *string) []byte {
	if text == nil {
		return nil
	}
	return []byte(*text)
}
