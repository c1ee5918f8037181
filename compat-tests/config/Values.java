import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Reads one config value a line, ["topic", "retention.ms", "abc"], and says what Kafka makes of it on its own: a line with its
 * text as DescribeConfigs shows it, or null where it is refused.
 */
public class Values {
  public static void main(String[] args) throws Exception {
    Map<String, ConfigDef> kinds = Map.of(
        "broker", AbstractKafkaConfig.CONFIG_DEF, "topic", LogConfig.configDefCopy(), "group", GroupConfig.CONFIG_DEF);
    ObjectMapper json = new ObjectMapper();
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode asked = json.readTree(line);
      ConfigDef.ConfigKey key = kinds.get(asked.get(0).asText()).configKeys().get(asked.get(1).asText());
      out.println(json.writeValueAsString(key == null ? "no such config" : judged(key, asked.get(2).asText())));
    }
    out.flush();
  }

  static String judged(ConfigDef.ConfigKey key, String value) {
    try {
      Object parsed = ConfigDef.parseType(key.name, value, key.type);
      if (key.validator != null) key.validator.ensureValid(key.name, parsed);
      return parsed == null ? "nothing" : ConfigDef.convertToString(parsed, key.type);
    } catch (Exception refused) {
      return null;
    }
  }
}
