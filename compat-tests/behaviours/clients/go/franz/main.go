// The verbs of client.ts with franz-go and its kadm.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"ottla/compat-tests/lines"
)

const patience = 20 * time.Second

type franz struct {
	address string
	client  *kgo.Client
	admin   *kadm.Client
	members members
	steady  steadyProducers
}

func main() {
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(address string) error {
	client, err := kgo.NewClient(common(address)...)
	if err != nil {
		return err
	}
	f := &franz{address: address, client: client, admin: kadm.NewClient(client)}
	served := lines.Serve(f.verbs(), codeOf)
	f.members.leaveAll()
	client.Close()
	return served
}

func common(address string) []kgo.Opt {
	return []kgo.Opt{kgo.SeedBrokers(address), kgo.ClientID("behaviours"), kgo.MetadataMinAge(100 * time.Millisecond)}
}

func codeOf(err error) (int16, bool) {
	var kafka *kerr.Error
	if errors.As(err, &kafka) {
		return kafka.Code, true
	}
	return 0, false
}

func soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

func (f *franz) verbs() map[string]lines.Verb {
	return map[string]lines.Verb{
		"produce":          f.produce,
		"consume":          f.consume,
		"startProducing":   f.startProducing,
		"acknowledged":     f.acknowledged,
		"stopProducing":    f.stopProducing,
		"createTopic":      f.createTopic,
		"deleteTopic":      f.deleteTopic,
		"listTopics":       f.listTopics,
		"describeTopic":    f.describeTopic,
		"topicId":          f.topicID,
		"createPartitions": f.createPartitions,
		"topicConfigs":     f.topicConfigs,
		"brokerConfigs":    f.brokerConfigs,
		"setConfig":        f.setConfig,
		"unsetConfig":      f.unsetConfig,
		"cluster":          f.cluster,
		"apiVersions":      f.apiVersions,
		"features":         f.features,
		"offsetAt":         f.offsetAt,
		"deleteRecords":    f.deleteRecords,
		"logDirs":          f.logDirs,
		"electLeader":      f.electLeader,
		"reassign":         f.reassign,
		"reassignments":    f.reassignments,
		"activeProducers":  f.activeProducers,
		"setQuota":         f.setQuota,
		"quotas":           f.quotas,
		"setScram":         f.setScram,
		"scram":            f.scram,
		"join":             f.join,
		"assignment":       f.members.assignment,
		"revoked":          f.members.revoked,
		"received":         f.members.received,
		"fault":            f.members.fault,
		"pause":            f.members.pause,
		"resume":           f.members.resume,
		"seek":             f.members.seek,
		"commit":           f.members.commit,
		"leave":            f.members.leave,
		"vanish":           f.members.vanish,
		"listGroups":       f.listGroups,
		"describeGroup":    f.describeGroup,
		"committed":        f.committed,
		"lag":              f.lag,
		"setCommitted":     f.setCommitted,
		"deleteCommitted":  f.deleteCommitted,
		"deleteGroup":      f.deleteGroup,
		"removeMember":     f.removeMember,
	}
}
