package lines

import (
	"context"
	"net"
	"sync"
)

// Line is a member's way to the broker, which can be cut: then nothing more is said on it.
type Line struct {
	mutex       sync.Mutex
	connections []net.Conn
	isCut       bool
}

// Dial connects as net.Dial does.
func (l *Line) Dial(network, address string) (net.Conn, error) {
	return l.DialContext(context.Background(), network, address)
}

// DialContext connects as net.Dialer does.
func (l *Line) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.isCut {
		connection.Close()
		return nil, net.ErrClosed
	}
	l.connections = append(l.connections, connection)
	return connection, nil
}

// Cut closes all connections and refuses new ones.
func (l *Line) Cut() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.isCut = true
	for _, connection := range l.connections {
		connection.Close()
	}
}
