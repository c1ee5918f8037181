import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/** Records DIR: writes batches as DIR/java-*.batch, then tells of every DIR/*.batch what it holds, as *.batch.txt. */
public class Records {
    static final long NOW = 1_700_000_000_000L;

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        for (CompressionType type : CompressionType.values()) write(folder, type);
        writeOthers(folder);
        try (var files = Files.newDirectoryStream(folder, "*.batch")) {
            for (Path file : files) Files.writeString(Path.of(file + ".txt"), describe(Files.readAllBytes(file)));
        }
    }

    static void write(Path folder, CompressionType type) throws Exception {
        MemoryRecordsBuilder few = builder(type, TimestampType.CREATE_TIME, 100, 5, (short) 2, 7, true, -1);
        few.append(NOW, bytes("key"), bytes("value"));
        few.append(NOW - 5, null, bytes("no key"), new Header[] {new RecordHeader("h", bytes("1")), new RecordHeader("ключ", (byte[]) null)});
        few.append(NOW + 70_000, bytes("tombstone"), null);
        few.append(NOW, bytes(""), bytes(""));
        save(folder, "few-" + type.name, few);

        MemoryRecordsBuilder many = builder(type, TimestampType.CREATE_TIME, 1L << 40, -1, (short) -1, -1, false, -1);
        for (int i = 0; i < 4_000; i++) many.append(NOW + i, bytes("key-" + i % 97), bytes("the value of " + i + " ".repeat(i % 90)));
        save(folder, "many-" + type.name, many);

        MemoryRecordsBuilder dense = builder(type, TimestampType.LOG_APPEND_TIME, 3, -1, (short) -1, -1, false, -1);
        byte[] noise = new byte[150_000];
        new java.util.Random(4).nextBytes(noise);
        dense.append(NOW, null, noise);
        dense.append(NOW, null, new byte[300_000]);
        save(folder, "noise-" + type.name, dense);

        MemoryRecordsBuilder compacted = builder(type, TimestampType.CREATE_TIME, 50, -1, (short) -1, -1, false, NOW + 1_000);
        compacted.appendWithOffset(52, NOW, bytes("a"), null);
        compacted.appendWithOffset(90, NOW - 1, bytes("b"), bytes("2"));
        compacted.overrideLastOffset(120);
        save(folder, "compacted-" + type.name, compacted);
    }

    static void writeOthers(Path folder) throws Exception {
        save(folder, "commit", MemoryRecords.withEndTransactionMarker(9, NOW, 4, 77, (short) 3, new EndTransactionMarker(ControlRecordType.COMMIT, 12)));
        save(folder, "abort", MemoryRecords.withEndTransactionMarker(9, NOW, 4, 77, (short) 3, new EndTransactionMarker(ControlRecordType.ABORT, 12)));
        ByteBuffer room = ByteBuffer.allocate(256);
        save(folder, "leader-change", MemoryRecords.withLeaderChangeMessage(0, NOW, 1, room, new LeaderChangeMessage().setLeaderId(1)));
        save(folder, "snapshot-header", MemoryRecords.withSnapshotHeaderRecord(0, NOW, 1, ByteBuffer.allocate(256), new SnapshotHeaderRecord()));
        save(folder, "snapshot-footer", MemoryRecords.withSnapshotFooterRecord(5, NOW, 1, ByteBuffer.allocate(256), new SnapshotFooterRecord()));

        MemoryRecordsBuilder full = builder(CompressionType.LZ4, TimestampType.CREATE_TIME, 100, 5, (short) 2, 7, true, -1);
        full.append(NOW, bytes("a"), bytes("1"));
        full.append(NOW + 9, bytes("b"), bytes("2"));
        MemoryRecords records = full.build();
        save(folder, "to-be-emptied", records);
        ByteBuffer out = ByteBuffer.allocate(1024);
        records.filterTo(new RemoveAll(), out, BufferSupplier.create());
        out.flip();
        save(folder, "emptied", MemoryRecords.readableRecords(out));
    }

    static class RemoveAll extends MemoryRecords.RecordFilter {
        RemoveAll() {
            super(NOW, 1_000);
        }

        @Override
        protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
            return new BatchRetentionResult(BatchRetention.RETAIN_EMPTY, false);
        }

        @Override
        protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
            return false;
        }
    }

    static MemoryRecordsBuilder builder(
            CompressionType type, TimestampType timestampType, long baseOffset, long producerId, short epoch,
            int sequence, boolean isTransactional, long deleteHorizonMs) {
        return new MemoryRecordsBuilder(
            new ByteBufferOutputStream(1 << 20), RecordBatch.MAGIC_VALUE_V2, Compression.of(type).build(), timestampType,
            baseOffset, NOW + 500, producerId, epoch, sequence, isTransactional, false, 6, 1 << 20, deleteHorizonMs);
    }

    static void save(Path folder, String name, MemoryRecordsBuilder builder) throws Exception {
        save(folder, name, builder.build());
    }

    static void save(Path folder, String name, MemoryRecords records) throws Exception {
        ByteBuffer buffer = records.buffer().duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        Files.write(folder.resolve("java-" + name + ".batch"), bytes);
    }

    static String describe(byte[] bytes) {
        List<String> lines = new ArrayList<>();
        try {
            for (MutableRecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches()) {
                batch.ensureValid();
                lines.add(String.join(" ",
                    "batch", "" + batch.baseOffset(), "" + batch.lastOffset(), "" + batch.sizeInBytes(), "" + batch.partitionLeaderEpoch(),
                    batch.compressionType().name, batch.timestampType().name, "" + batch.maxTimestamp(),
                    "" + batch.producerId(), "" + batch.producerEpoch(), "" + batch.baseSequence(), "" + batch.lastSequence(),
                    "" + batch.isTransactional(), "" + batch.isControlBatch(), "" + batch.deleteHorizonMs().orElse(-1), "" + batch.countOrNull()));
                for (Record record : batch) {
                    String line = String.join(" ",
                        "record", "" + record.offset(), "" + record.timestamp(), hex(record.key()), hex(record.value()));
                    for (Header header : record.headers()) {
                        line += " " + hex(ByteBuffer.wrap(bytes(header.key()))) + "=" + (header.value() == null ? "null" : hex(ByteBuffer.wrap(header.value())));
                    }
                    if (batch.isControlBatch()) {
                        ControlRecordType type = ControlRecordType.parse(record.key());
                        line += " " + type.name();
                        if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
                            line += " " + EndTransactionMarker.deserialize(record).coordinatorEpoch();
                        }
                    }
                    lines.add(line);
                }
            }
        } catch (RuntimeException e) {
            lines.add("refused: " + e);
        }
        return String.join("\n", lines) + "\n";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String hex(ByteBuffer buffer) {
        if (buffer == null) return "null";
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return "x" + HexFormat.of().formatHex(bytes);
    }
}
