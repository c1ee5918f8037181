import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.DataInputStream;
import java.io.File;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/**
 * Takes the steps of one broker out of scenarios.json, asks a live broker, and prints each with its answer, one a line:
 * Ask PORT scenarios.json BROKER
 */
public class Ask {
  static final ObjectMapper json = new ObjectMapper();
  static Socket socket;
  static int correlation = 0;

  public static void main(String[] args) throws Exception {
    socket = new Socket("127.0.0.1", Integer.parseInt(args[0]));
    ArrayNode steps = (ArrayNode) json.readTree(new File(args[1])).get(args[2]).get("steps");
    for (JsonNode node : steps) {
      ObjectNode step = (ObjectNode) node;
      boolean validateOnly = step.has("validate");
      if (step.has("create")) create(step);
      else if (validateOnly || step.has("alter")) alter(step, validateOnly);
      else describe(step);
      System.out.println(step);
    }
  }

  static void create(ObjectNode step) throws Exception {
    var topic = new CreateTopicsRequestData.CreatableTopic()
        .setName(step.get("create").asText()).setNumPartitions(1).setReplicationFactor((short) 1);
    step.get("set").properties().forEach(each -> topic.configs().add(
        new CreateTopicsRequestData.CreatableTopicConfig().setName(each.getKey()).setValue(each.getValue().asText())));
    var request = new CreateTopicsRequestData().setTimeoutMs(10000).setValidateOnly(!step.path("keep").asBoolean());
    request.topics().add(topic);
    var answer = (CreateTopicsResponseData) call(ApiKeys.CREATE_TOPICS, 7, request, new CreateTopicsResponseData());
    step.put("error", answer.topics().iterator().next().errorCode());
    if (step.path("keep").asBoolean()) settle();
  }

  static void alter(ObjectNode step, boolean validateOnly) throws Exception {
    String[] resource = step.get(validateOnly ? "validate" : "alter").asText().split(":", 2);
    var change = new IncrementalAlterConfigsRequestData.AlterConfigsResource()
        .setResourceType(typeOf(resource[0])).setResourceName(resource[1]);
    step.get("set").properties().forEach(each -> change.configs().add(
        new IncrementalAlterConfigsRequestData.AlterableConfig().setName(each.getKey()).setConfigOperation((byte) 0)
            .setValue(each.getValue().asText())));
    var request = new IncrementalAlterConfigsRequestData().setValidateOnly(validateOnly);
    request.resources().add(change);
    var answer = (IncrementalAlterConfigsResponseData) call(
        ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, request, new IncrementalAlterConfigsResponseData());
    step.put("error", answer.responses().get(0).errorCode());
    if (!validateOnly) settle();
  }

  static void describe(ObjectNode step) throws Exception {
    String[] resource = step.get("describe").asText().split(":", 2);
    List<String> names = null;
    if (step.has("only")) {
      names = new ArrayList<>();
      for (JsonNode each : step.get("only")) names.add(each.asText());
    }
    var request = new DescribeConfigsRequestData().setIncludeSynonyms(true).setIncludeDocumentation(true);
    request.resources().add(new DescribeConfigsRequestData.DescribeConfigsResource()
        .setResourceType(typeOf(resource[0])).setResourceName(resource[1]).setConfigurationKeys(names));
    var answer = (DescribeConfigsResponseData) call(
        ApiKeys.DESCRIBE_CONFIGS, 4, request, new DescribeConfigsResponseData());
    var result = answer.results().get(0);
    step.put("error", result.errorCode());
    ArrayNode entries = step.putArray("entries");
    result.configs().sort(Comparator.comparing(DescribeConfigsResponseData.DescribeConfigsResourceResult::name));
    for (var config : result.configs()) {
      ArrayNode entry = entries.addArray().add(config.name()).add(config.value()).add(config.readOnly())
          .add(config.isSensitive()).add(config.configSource()).add(config.configType());
      ArrayNode synonyms = entry.addArray();
      for (var each : config.synonyms()) synonyms.addArray().add(each.name()).add(each.value()).add(each.source());
    }
  }

  /** A change reaches the broker through the metadata log. */
  static void settle() throws InterruptedException {
    Thread.sleep(400);
  }

  static byte typeOf(String resource) {
    return switch (resource) {
      case "topic" -> 2;
      case "broker" -> 4;
      case "client-metrics" -> 16;
      case "group" -> 32;
      default -> throw new IllegalArgumentException(resource);
    };
  }

  static ApiMessage call(ApiKeys api, int version, ApiMessage request, ApiMessage response) throws Exception {
    short v = (short) version;
    RequestHeader header = new RequestHeader(api, v, "ask", correlation++);
    ObjectSerializationCache cache = new ObjectSerializationCache();
    int size = header.data().size(cache, header.headerVersion()) + request.size(cache, v);
    ByteBuffer frame = ByteBuffer.allocate(4 + size).putInt(size);
    header.data().write(new ByteBufferAccessor(frame), cache, header.headerVersion());
    request.write(new ByteBufferAccessor(frame), cache, v);
    socket.getOutputStream().write(frame.array());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    ByteBuffer answer = ByteBuffer.wrap(bytes);
    ResponseHeader.parse(answer, api.responseHeaderVersion(v));
    response.read(new ByteBufferAccessor(answer), v);
    return response;
  }
}
