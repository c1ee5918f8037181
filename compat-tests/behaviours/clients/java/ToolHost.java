import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Apache Kafka's command-line tools, many of them in one virtual machine: each in threads of its own, with input,
 * output, exit code and shutdown hooks of its own.
 */
public final class ToolHost {
    /** Thrown where a tool would end the process. */
    private static final class Exited extends Error {
        Exited(String message) {
            super(message, null, false, false);
        }
    }

    private static final class Run {
        final ByteArrayOutputStream output = new ByteArrayOutputStream();
        final PrintStream printer = new PrintStream(output, true, StandardCharsets.UTF_8);
        private final Queue<Runnable> hooks = new ConcurrentLinkedQueue<>();
        final InputStream input;
        Thread thread;
        volatile Integer code;

        Run(String input) {
            this.input = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        }

        /** As at the end of a process: this is where the console producer delivers what it still holds. */
        void shutDown() {
            for (Runnable hook = hooks.poll(); hook != null; hook = hooks.poll()) hook.run();
        }
    }

    private static final InheritableThreadLocal<Run> CURRENT = new InheritableThreadLocal<>();
    private static final Map<String, Run> STARTED = new ConcurrentHashMap<>();

    public static void main(String[] args) throws Exception {
        PrintStream answers = System.out;
        PrintStream elsewhere = System.err;
        PrintStream router = new PrintStream(new OutputStream() {
            private PrintStream printer() {
                return CURRENT.get() == null ? elsewhere : CURRENT.get().printer;
            }

            @Override
            public void write(int one) {
                printer().write(one);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                printer().write(bytes, from, length);
            }
        }, true, StandardCharsets.UTF_8);
        InputStream requests = System.in;
        System.setOut(router);
        System.setErr(router);
        System.setIn(new InputStream() {
            private InputStream input() {
                return CURRENT.get() == null ? requests : CURRENT.get().input;
            }

            @Override
            public int read() throws IOException {
                return input().read();
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return input().read(bytes, from, length);
            }
        });
        Exit.setExitProcedure(ToolHost::exit);
        Exit.setHaltProcedure(ToolHost::exit);
        Exit.setShutdownHookAdder((name, hook) -> CURRENT.get().hooks.add(hook));
        Lines.serve(answers, ToolHost::verb);
        System.exit(0);
    }

    private static Object verb(String verb, JsonNode args) throws Exception {
        switch (verb) {
            case "run": {
                Run run = start(args);
                run.thread.join();
                return result(run);
            }
            case "start":
                STARTED.put(args.get("name").asText(), start(args));
                return true;
            case "output":
                return result(STARTED.get(args.get("name").asText()));
            case "stop": {
                Run run = STARTED.remove(args.get("name").asText());
                run.shutDown();
                run.thread.join();
                return result(run);
            }
            default:
                throw new IllegalArgumentException("no verb " + verb);
        }
    }

    private static Run start(JsonNode args) {
        List<String> words = new ArrayList<>();
        args.get("args").forEach(word -> words.add(word.asText()));
        Run run = new Run(args.path("input").asText(""));
        run.thread = new Thread(() -> {
            CURRENT.set(run);
            call(args.get("tool").asText(), words.toArray(String[]::new), run);
            run.shutDown();
        });
        run.thread.start();
        return run;
    }

    /** The first exit counts: a tool that catches everything may come by a second time. */
    private static void exit(int code, String message) {
        Run run = CURRENT.get();
        if (run.code == null) run.code = code;
        throw new Exited(message);
    }

    private static void call(String tool, String[] words, Run run) {
        try {
            Class.forName(tool).getMethod("main", String[].class).invoke(null, (Object) words);
        } catch (InvocationTargetException thrown) {
            thrown.getCause().printStackTrace(run.printer);
            if (run.code == null) run.code = 1;
        } catch (ReflectiveOperationException noSuchTool) {
            throw new IllegalStateException(noSuchTool);
        }
        if (run.code == null) run.code = 0;
    }

    private static Object result(Run run) {
        Map<String, Object> result = new HashMap<>();
        String output = run.output.toString(StandardCharsets.UTF_8);
        result.put("code", run.code);
        result.put("output", output);
        result.put("error", errorNamed(output));
        return result;
    }

    /** The code of the last of Kafka's exceptions that the output names: the innermost cause. */
    private static Integer errorNamed(String output) {
        Integer code = null;
        int last = -1;
        for (Errors error : Errors.values()) {
            if (error.exception() == null) continue;
            int at = output.lastIndexOf(error.exception().getClass().getName());
            if (at > last) {
                last = at;
                code = (int) error.code();
            }
        }
        return code;
    }

    private ToolHost() {}
}
