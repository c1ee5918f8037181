import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.protocol.Errors;

/** The program's side of driver.ts: a JSON line per request, one per answer, requests side by side. */
final class Lines {
    interface Verbs {
        /** Carries out a verb; what it returns must be made of maps, lists, strings and numbers. */
        Object run(String verb, JsonNode args) throws Exception;
    }

    /** An error with the code that Kafka gave it. */
    static final class Refused extends Exception {
        final Integer code;

        Refused(Integer code, String message) {
            super(message);
            this.code = code;
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Serves until the input ends. */
    static void serve(PrintStream out, Verbs verbs) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode request = JSON.readTree(line);
            threads.submit(() -> answer(out, request, verbs));
        }
        threads.shutdownNow();
    }

    private static void answer(PrintStream out, JsonNode request, Verbs verbs) {
        Map<String, Object> answer = new HashMap<>();
        answer.put("id", request.get("id").asInt());
        try {
            answer.put("result", verbs.run(request.get("verb").asText(), request.get("args")));
        } catch (Throwable thrown) {
            answer.put("error", error(thrown));
        }
        try {
            byte[] line = (JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8);
            synchronized (out) {
                out.write(line);
                out.flush();
            }
        } catch (Exception unwritable) {
            throw new IllegalStateException(unwritable);
        }
    }

    /** Kafka's code, where there is one, and what the client's user reads. */
    static Map<String, Object> error(Throwable thrown) {
        Map<String, Object> error = new HashMap<>();
        error.put("code", code(thrown));
        error.put("message", thrown.toString());
        return error;
    }

    private static Integer code(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof Refused refused) return refused.code;
            // The consumer's own, which does not come from the table of errors.
            if (each instanceof OffsetOutOfRangeException) return (int) Errors.OFFSET_OUT_OF_RANGE.code();
            Errors error = Errors.forException(each);
            if (error != Errors.UNKNOWN_SERVER_ERROR) return (int) error.code();
        }
        return null;
    }

    private Lines() {}
}
