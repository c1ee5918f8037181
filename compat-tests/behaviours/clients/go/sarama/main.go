// The verbs of client.ts with sarama, which is told the version of Kafka it talks to.
package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/IBM/sarama"

	"ottla/compat-tests/lines"
)

const patience = 20 * time.Second

type client struct {
	address []string
	version sarama.KafkaVersion
	// Without it, requests are sent at the versions that belong to `version`, whatever the broker says it has.
	negotiates bool
	members    members
	steady     steadyProducers
}

// serve ADDRESS VERSION negotiated|pinned
func main() {
	if err := serve(os.Args[1], os.Args[2], os.Args[3] == "negotiated"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(address, version string, negotiates bool) error {
	parsed, err := sarama.ParseKafkaVersion(version)
	if err != nil {
		return err
	}
	c := &client{address: []string{address}, version: parsed, negotiates: negotiates}
	served := lines.Serve(c.verbs(), codeOf)
	c.members.leaveAll()
	return served
}

// call is one verb's admin. sarama does not ask again when a restart of the broker has closed its connection.
type call struct {
	client sarama.Client
	admin  sarama.ClusterAdmin
}

func (c *client) call(verb func(*call, *lines.Args) (any, error)) lines.Verb {
	return func(args *lines.Args) (any, error) {
		connected, err := sarama.NewClient(c.address, c.config())
		if err != nil {
			return nil, err
		}
		admin, err := sarama.NewClusterAdminFromClient(connected)
		if err != nil {
			return nil, err
		}
		defer admin.Close()
		return verb(&call{client: connected, admin: admin}, args)
	}
}

func (c *client) config() *sarama.Config {
	config := sarama.NewConfig()
	config.ClientID = "behaviours"
	config.Version = c.version
	config.ApiVersionsRequest = c.negotiates
	config.Metadata.Retry.Backoff = 100 * time.Millisecond
	config.Metadata.Retry.Max = 50
	config.Producer.Return.Successes = true
	// Its own patience ends before Apache Kafka leads its partitions again after a restart.
	config.Producer.Retry.Max = 200
	config.Consumer.Return.Errors = true
	return config
}

func codeOf(err error) (int16, bool) {
	var refused sarama.ProducerErrors
	if errors.As(err, &refused) && len(refused) > 0 {
		err = refused[0].Err
	}
	var code sarama.KError
	if errors.As(err, &code) {
		return int16(code), true
	}
	return 0, false
}

// asError keeps sarama's "no error" from being one.
func asError(code sarama.KError) error {
	if code == sarama.ErrNoError {
		return nil
	}
	return code
}

func (c *client) verbs() map[string]lines.Verb {
	return map[string]lines.Verb{
		"produce":          c.produce,
		"consume":          c.consume,
		"startProducing":   c.startProducing,
		"acknowledged":     c.acknowledged,
		"stopProducing":    c.stopProducing,
		"createTopic":      c.call((*call).createTopic),
		"deleteTopic":      c.call((*call).deleteTopic),
		"listTopics":       c.call((*call).listTopics),
		"describeTopic":    c.call((*call).describeTopic),
		"topicId":          c.call((*call).topicID),
		"createPartitions": c.call((*call).createPartitions),
		"topicConfigs":     c.call((*call).topicConfigs),
		"brokerConfigs":    c.call((*call).brokerConfigs),
		"setConfig":        c.call((*call).setConfig),
		"unsetConfig":      c.call((*call).unsetConfig),
		"cluster":          c.call((*call).cluster),
		"offsetAt":         c.call((*call).offsetAt),
		"deleteRecords":    c.call((*call).deleteRecords),
		"logDirs":          c.call((*call).logDirs),
		"electLeader":      c.call((*call).electLeader),
		"reassign":         c.call((*call).reassign),
		"reassignments":    c.call((*call).reassignments),
		"setQuota":         c.call((*call).setQuota),
		"quotas":           c.call((*call).quotas),
		"setScram":         c.call((*call).setScram),
		"scram":            c.call((*call).scram),
		"join":             c.join,
		"assignment":       c.members.assignment,
		"revoked":          c.members.revoked,
		"received":         c.members.received,
		"fault":            c.members.fault,
		"pause":            c.members.pause,
		"resume":           c.members.resume,
		"commit":           c.members.commit,
		"leave":            c.members.leave,
		"vanish":           c.members.vanish,
		"listGroups":       c.call((*call).listGroups),
		"describeGroup":    c.call((*call).describeGroup),
		"committed":        c.call((*call).committed),
		"lag":              c.call((*call).lag),
		"setCommitted":     c.call((*call).setCommitted),
		"deleteCommitted":  c.call((*call).deleteCommitted),
		"deleteGroup":      c.call((*call).deleteGroup),
		"removeMember":     c.call((*call).removeMember),
	}
}
