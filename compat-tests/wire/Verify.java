import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;

/**
 * Lays our messages before Kafka's own classes. Each line of the first file is a message's name, a version, our bytes in
 * base64 and our value as JSON. Kafka must read the bytes and write the same bytes, and read the JSON and write the same
 * bytes. Each line of the second file is "ok" and Kafka's JSON of our bytes, or "bad" and why.
 */
public class Verify {
    private static final List<String> PLACES = List.of(
        "org.apache.kafka.common.message.%sData", "org.apache.kafka.common.message.%s",
        "org.apache.kafka.common.metadata.%s", "org.apache.kafka.coordinator.group.generated.%s",
        "org.apache.kafka.coordinator.transaction.generated.%s", "org.apache.kafka.coordinator.share.generated.%s",
        "org.apache.kafka.raft.generated.%s", "org.apache.kafka.server.log.remote.metadata.storage.generated.%s");
    private static final Map<String, Api> APIS = new HashMap<>();

    private record Api(Constructor<?> decoder, Method fromJson, Method toJson) {
        static Api of(String name) {
            for (String place : PLACES) {
                String className = String.format(place, name);
                try {
                    Class<?> type = Class.forName(className);
                    Class<?> converter = Class.forName(className + "JsonConverter");
                    return new Api(type.getConstructor(Readable.class, short.class),
                        converter.getMethod("read", JsonNode.class, short.class),
                        converter.getMethod("write", type, short.class, boolean.class));
                } catch (ReflectiveOperationException e) {
                    // Kafka keeps it elsewhere.
                }
            }
            throw new IllegalArgumentException("Kafka has no class for " + name);
        }
    }

    private static byte[] encode(Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return buffer.array();
    }

    private static String verify(ObjectMapper mapper, String[] parts) throws Exception {
        Api api = APIS.computeIfAbsent(parts[0], Api::of);
        short version = Short.parseShort(parts[1]);
        byte[] ours = Base64.getDecoder().decode(parts[2]);
        ByteBuffer buffer = ByteBuffer.wrap(ours);
        Message decoded = (Message) api.decoder.newInstance(new ByteBufferAccessor(buffer), version);
        if (buffer.hasRemaining()) return "bad\tKafka leaves " + buffer.remaining() + " of our bytes";
        if (!Arrays.equals(encode(decoded, version), ours)) return "bad\tKafka reads our bytes and writes others";
        Message read = (Message) api.fromJson.invoke(null, mapper.readTree(parts[3]), version);
        if (!Arrays.equals(encode(read, version), ours)) return "bad\tKafka reads our value and writes other bytes";
        return "ok\t" + api.toJson.invoke(null, decoded, version, false);
    }

    public static void main(String[] args) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        try (BufferedReader in = Files.newBufferedReader(Path.of(args[0]));
             BufferedWriter out = Files.newBufferedWriter(Path.of(args[1]))) {
            for (String line; (line = in.readLine()) != null; ) {
                String answer;
                try {
                    answer = verify(mapper, line.split("\t", 4));
                } catch (InvocationTargetException e) {
                    answer = "bad\t" + e.getCause();
                } catch (Exception e) {
                    answer = "bad\t" + e;
                }
                out.write(answer.replace('\n', ' '));
                out.newLine();
            }
        }
    }
}
