package io.stanzahook.exchange;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.ReadReply.ReplyObject;
import io.stanzahook.mapping.ChatProperties;
import io.stanzahook.mapping.MappingException;
import io.stanzahook.stanza.CommandCall;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaIds;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes stanzas that are safe on the component's stream of the replies in a response. This is the
 * only place that keeps these invariants:
 *
 * <ul>
 *   <li>every stanza comes from the component's domain and goes to a well-formed address;
 *   <li>exactly one of them is the answer to an iq request (RFC 6120, 8.2.3);
 *   <li>nothing answers an error or the result of an iq.
 * </ul>
 *
 * <p>Any thread may call it.
 */
public final class ReplyRules {
  /** The largest stanza that is sent, in bytes. Prosody closes the stream after a larger one. */
  static final int MAX_STANZA_BYTES = 512 * 1024;

  private static final Set<String> MESSAGE_TYPES =
      Set.of("chat", "error", "groupchat", "headline", "normal");
  private static final Set<String> PRESENCE_TYPES =
      Set.of(
          "error",
          "probe",
          "subscribe",
          "subscribed",
          "unavailable",
          "unsubscribe",
          "unsubscribed");
  static final Set<String> SUBSCRIPTION_TYPES =
      Set.of("subscribe", "subscribed", "unsubscribe", "unsubscribed");
  private static final Set<String> IQ_TYPES = Set.of("get", "set", "result", "error");

  /** The other properties of a reply that is a whole stanza. */
  private static final ReplyObject NOTHING_SAID =
      new ReplyObject(null, null, null, null, null, null, null, null, null);

  private final ReplyAddresses addresses;
  private final StanzaIds ids = new StanzaIds();

  /**
   * Rules for a component.
   *
   * @param domain its domain, as configured
   */
  public ReplyRules(String domain) {
    this.addresses = new ReplyAddresses(domain);
  }

  /** The result of a 2xx with these replies, which may be none. */
  public WebhookResult.Answered answered(Stanza stanza, int status, List<ReadReply> read) {
    Iq request = stanza instanceof Iq iq && iq.isRequest() ? iq : null;
    if (read.isEmpty() && request == null) {
      return new WebhookResult.Answered(status, List.of(), List.of());
    }
    boolean answerable = !stanza.isError() && (request != null || stanza.kind() != StanzaKind.IQ);
    if (request != null && request.command() != null) {
      return command(request, request.command(), status, read);
    }
    for (int i = 0; i < read.size(); i++) {
      if (read.get(i) instanceof ReadReply.Local) {
        return locally(stanza, status, answerable, request, read);
      }
    }
    return read.size() == 1 && request == null
        ? onlyReply(stanza, status, answerable, read.get(0))
        : replies(stanza, status, answerable, request, read, false);
  }

  /** The usual case, which needs no lists. */
  private WebhookResult.Answered onlyReply(
      Stanza stanza, int status, boolean answerable, ReadReply item) {
    // Only mod_rest's mapping leaves parts out, so the usual reply needs no list.
    List<DroppedReply> parts =
        item instanceof ReadReply.Mapped ? new ArrayList<>(0) : Collections.emptyList();
    try {
      OutboundStanza reply = reply(stanza, null, answerable, item, parts);
      return new WebhookResult.Answered(status, reply == null ? List.of() : List.of(reply), parts);
    } catch (RefusedReplyException e) {
      return new WebhookResult.Answered(status, List.of(), List.of(e.dropped()));
    }
  }

  /** The first item that can answer the command does. The others are sent in addition. */
  private WebhookResult.Answered command(
      Iq request, CommandCall call, int status, List<ReadReply> read) {
    List<ReadReply> others = new ArrayList<>(read.size());
    ObjectNode said = null;
    for (ReadReply item : read) {
      if (item instanceof ReadReply.Local) {
        // The gateway has no answer to a command, which has just ended.
        continue;
      }
      ObjectNode each = said == null ? CommandReply.said(item) : null;
      if (each == null) {
        others.add(item);
      } else {
        said = each;
      }
    }
    if (said == null && others.isEmpty()) {
      said = JsonNodeFactory.instance.objectNode();
    }
    if (said == null) {
      // The answer may be a stanza that the webhook wrote.
      return replies(request, status, true, request, others, false);
    }
    WebhookResult.Answered beside = replies(request, status, true, request, others, true);
    List<OutboundStanza> all = new ArrayList<>();
    List<DroppedReply> dropped = new ArrayList<>(beside.dropped());
    try {
      all.add(CommandReply.answer(request, call, said));
    } catch (RefusedReplyException e) {
      dropped.add(0, e.dropped());
      all.add(failed(request));
    }
    all.addAll(beside.replies());
    return new WebhookResult.Answered(status, all, dropped);
  }

  /** The gateway answers an iq request. Other replies are sent in addition. */
  private WebhookResult.Answered locally(
      Stanza stanza, int status, boolean answerable, @Nullable Iq request, List<ReadReply> read) {
    List<ReadReply> others = new ArrayList<>(read);
    others.removeIf(each -> each instanceof ReadReply.Local);
    WebhookResult.Answered answered =
        replies(stanza, status, answerable, request, others, request != null);
    return request == null ? answered : answered.locally();
  }

  /**
   * Several replies.
   *
   * @param answered whether an iq request has its answer already
   */
  private WebhookResult.Answered replies(
      Stanza stanza,
      int status,
      boolean answerable,
      @Nullable Iq request,
      List<ReadReply> read,
      boolean answered) {
    List<OutboundStanza> replies = new ArrayList<>(read.size() + 1);
    List<DroppedReply> dropped = new ArrayList<>(0);
    boolean answerGiven = answered;
    for (ReadReply item : read) {
      try {
        OutboundStanza reply = reply(stanza, request, answerable, item, dropped);
        boolean answer = reply != null && request != null && isAnswer(reply);
        if (answer && answerGiven) {
          throw new RefusedReplyException(Reason.SURPLUS, "a second answer to one iq");
        }
        answerGiven |= answer;
        if (reply != null) {
          replies.add(reply);
        }
      } catch (RefusedReplyException e) {
        dropped.add(e.dropped());
      }
    }
    if (request != null && !answerGiven) {
      // A dropped reply may have been the answer, so the sender must not believe in a success.
      replies.add(0, dropped.isEmpty() ? OutboundStanza.result(request, null) : failed(request));
    }
    return new WebhookResult.Answered(status, replies, dropped);
  }

  /** The result of a 200 whose body is of no use. */
  public WebhookResult.Answered unusable(Stanza stanza, int status, DroppedReply why) {
    boolean request = stanza instanceof Iq iq && iq.isRequest();
    return new WebhookResult.Answered(
        status, request ? List.of(failed(stanza)) : List.of(), List.of(why));
  }

  private static OutboundStanza failed(Stanza request) {
    return OutboundStanza.of(
        OutboundStanza.answer(request, "error")
            .child(
                ErrorCondition.INTERNAL_SERVER_ERROR
                    .error("The service behind this address gave an answer that cannot be used.")
                    .toElement())
            .build());
  }

  /** All iqs other than get and set are the answer, see {@link #iqType}. */
  private static boolean isAnswer(OutboundStanza reply) {
    return reply.kind() == StanzaKind.IQ
        && !"get".equals(reply.type())
        && !"set".equals(reply.type());
  }

  /** Adds the parts that are left out to what was dropped. */
  private @Nullable OutboundStanza reply(
      Stanza stanza,
      @Nullable Iq request,
      boolean answerable,
      ReadReply item,
      List<DroppedReply> dropped)
      throws RefusedReplyException {
    if (item instanceof ReadReply.Unusable unusable) {
      throw new RefusedReplyException(unusable.why().reason(), unusable.why().detail());
    }
    if (item instanceof ReplyObject given && given.isEmpty()) {
      return null;
    }
    if (!answerable) {
      throw new RefusedReplyException(
          Reason.UNANSWERABLE,
          "<%s type='%s'> is never answered"
              .formatted(stanza.kind().elementName(), Quoted.of(String.valueOf(stanza.type()))));
    }
    OutboundStanza said = said(stanza, request, item, dropped);
    if (XmlSize.exceeds(said.element(), Namespaces.COMPONENT, MAX_STANZA_BYTES)) {
      throw new RefusedReplyException(
          Reason.TOO_LARGE, "the stanza would have more than " + MAX_STANZA_BYTES + " bytes");
    }
    return said;
  }

  private OutboundStanza said(
      Stanza stanza, @Nullable Iq request, ReadReply item, List<DroppedReply> dropped)
      throws RefusedReplyException {
    if (item instanceof ReadReply.Mapped mapped) {
      return OutboundStanza.of(
          supplied(
              stanza,
              request,
              NOTHING_SAID,
              MappedReply.stanza(stanza, request != null, mapped.json(), ids, dropped)));
    }
    ReplyObject reply = (ReplyObject) item;
    return reply.stanza() != null
        ? OutboundStanza.of(supplied(stanza, request, reply, SuppliedStanza.parse(reply.stanza())))
        : made(stanza, request, reply);
  }

  private OutboundStanza made(Stanza stanza, @Nullable Iq request, ReplyObject reply)
      throws RefusedReplyException {
    StanzaKind kind = kind(request, reply);
    if (kind != StanzaKind.MESSAGE && !"error".equals(reply.type())) {
      if (reply.body() != null
          || reply.subject() != null
          || reply.thread() != null
          || reply.replace() != null) {
        throw invalid(
            "body, subject, thread and replace are for kind 'message', not '%s'",
            kind.elementName());
      }
      ObjectNode chat = reply.chat();
      if (chat != null) {
        throw invalid(
            chat.propertyNames().iterator().next() + " is for kind 'message', not '%s'",
            kind.elementName());
      }
    }
    return switch (kind) {
      case MESSAGE -> message(stanza, reply);
      case PRESENCE -> OutboundStanza.of(presence(stanza, reply));
      case IQ -> OutboundStanza.of(iq(stanza, request, reply));
    };
  }

  private static StanzaKind kind(@Nullable Iq request, ReplyObject reply)
      throws RefusedReplyException {
    if (reply.kind() == null) {
      return request != null && reply.body() == null && reply.chat() == null
          ? StanzaKind.IQ
          : StanzaKind.MESSAGE;
    }
    StanzaKind kind = StanzaKind.ofElement(reply.kind());
    if (kind == null) {
      throw invalid("kind is '%s': neither message, presence nor iq", reply.kind());
    }
    return kind;
  }

  private OutboundStanza message(Stanza stanza, ReplyObject reply) throws RefusedReplyException {
    String type = reply.type();
    if (type != null && !MESSAGE_TYPES.contains(type)) {
      throw invalid("type is '%s', which no message has", type);
    }
    Jid to = addresses.to(reply.to(), ReplyAddresses.defaultTo(stanza, type));
    Jid from = addresses.from(reply.from(), stanza.to());
    if (type == null) {
      boolean toRoom =
          ReplyAddresses.isGroupchat(stanza) && to.isBare() && to.isSame(stanza.from().bare());
      type = toRoom ? "groupchat" : "chat";
    } else if (type.equals("groupchat")) {
      to = to.bare();
    }
    XmlElement.Builder message =
        OutboundStanza.builder(StanzaKind.MESSAGE, to, from)
            .attribute("type", type)
            .attribute("id", reply.id() == null ? ids.next() : reply.id())
            .textChild(Namespaces.COMPONENT, "subject", reply.subject())
            .textChild(Namespaces.COMPONENT, "body", reply.text())
            .textChild(Namespaces.COMPONENT, "thread", reply.thread())
            .child(correction(reply));
    ObjectNode chat = reply.chat();
    if (chat != null) {
      try {
        ChatProperties.write(chat, message);
      } catch (MappingException e) {
        throw new RefusedReplyException(Reason.INVALID, String.valueOf(e.getMessage()));
      }
    }
    if (type.equals("error")) {
      message.child(error(reply));
    }
    // Its addresses are known, and need not be parsed again.
    return new OutboundStanza(StanzaKind.MESSAGE, to, from, message.build());
  }

  /** XEP-0308, 4: the new text is in the correction itself. */
  private static @Nullable XmlElement correction(ReplyObject reply) throws RefusedReplyException {
    if (reply.replace() == null) {
      return null;
    }
    if (reply.text() == null) {
      throw invalid("'replace' needs a 'body': what message '%s' is to say now", reply.replace());
    }
    return XmlElement.builder(Namespaces.CORRECT, "replace")
        .attribute("id", reply.replace())
        .build();
  }

  private XmlElement presence(Stanza stanza, ReplyObject reply) throws RefusedReplyException {
    String type = reply.type();
    if (type != null && !PRESENCE_TYPES.contains(type)) {
      throw invalid("type is '%s', which no presence has", type);
    }
    Jid to = addresses.to(reply.to(), stanza.from());
    Jid from = addresses.from(reply.from(), stanza.to());
    boolean subscription = type != null && SUBSCRIPTION_TYPES.contains(type);
    XmlElement.Builder presence =
        // RFC 6121, 3.1: subscriptions are between bare addresses.
        OutboundStanza.builder(StanzaKind.PRESENCE, to, subscription ? from.bare() : from)
            .attribute("type", type)
            .attribute("id", reply.id());
    return ("error".equals(type) ? presence.child(error(reply)) : presence).build();
  }

  private XmlElement iq(Stanza stanza, @Nullable Iq request, ReplyObject reply)
      throws RefusedReplyException {
    Jid to = addresses.to(reply.to(), stanza.from());
    // Checked for an answer too, although that comes from the receiver of the request.
    addresses.from(reply.from(), stanza.to());
    String type = iqType(request, reply.type(), to, Reason.INVALID);
    if (type.equals("get") || type.equals("set")) {
      throw invalid("an iq of type '%s' needs its payload: use the property 'stanza'", type);
    }
    if (request == null) {
      throw invalid("an iq of type '%s' answers an iq request, and this was none", type);
    }
    XmlElement.Builder answer = OutboundStanza.answer(request, type);
    return (type.equals("error") ? answer.child(error(reply)) : answer).build();
  }

  /**
   * The type of an iq reply. In response to an iq request it is the answer: a result, unless it
   * says error. But a get or set to somebody else is a request of the webhook.
   */
  private static String iqType(
      @Nullable Iq request, @Nullable String given, Jid to, Reason otherwise)
      throws RefusedReplyException {
    if (request != null) {
      if (given == null) {
        return "result";
      }
      boolean own = (given.equals("get") || given.equals("set")) && !to.isSame(request.from());
      return own || given.equals("error") ? given : "result";
    }
    if (given == null) {
      throw new RefusedReplyException(otherwise, "an iq needs a type");
    }
    if (!IQ_TYPES.contains(given)) {
      throw new RefusedReplyException(
          otherwise, "type is '%s', which no iq has".formatted(Quoted.of(given)));
    }
    return given;
  }

  private XmlElement supplied(
      Stanza stanza, @Nullable Iq request, ReplyObject reply, SuppliedStanza supplied)
      throws RefusedReplyException {
    XmlElement element = supplied.element();
    String type = element.attribute("type");
    String to = element.attribute("to");
    to = to == null ? reply.to() : to;
    boolean message = supplied.kind() == StanzaKind.MESSAGE;
    boolean toRoom = message && to == null && type == null && ReplyAddresses.isGroupchat(stanza);
    if (toRoom) {
      type = "groupchat";
    }
    Jid receiver =
        addresses.to(to, message ? ReplyAddresses.defaultTo(stanza, type) : stanza.from());
    String givenFrom = element.attribute("from");
    Jid sender = addresses.from(givenFrom == null ? reply.from() : givenFrom, stanza.to());
    if (supplied.kind() == StanzaKind.IQ) {
      return suppliedIq(request, element, receiver, sender);
    }
    XmlElement.Builder complete = element.toBuilder();
    set(complete, element, "to", receiver.toString());
    set(complete, element, "from", sender.toString());
    set(complete, element, "type", type);
    if ("error".equals(type) && element.child(Namespaces.COMPONENT, "error") == null) {
      complete.child(undefined(""));
    }
    return complete.build();
  }

  private XmlElement suppliedIq(@Nullable Iq request, XmlElement element, Jid to, Jid from)
      throws RefusedReplyException {
    String type = iqType(request, element.attribute("type"), to, Reason.BAD_STANZA);
    int payloads = element.children().size();
    XmlElement.Builder iq = element.toBuilder();
    set(iq, element, "type", type);
    if (type.equals("get") || type.equals("set")) {
      if (payloads != 1) {
        throw SuppliedStanza.bad("an iq of type '" + type + "' has exactly one payload");
      }
      String id = element.attribute("id");
      set(iq, element, "to", to.toString());
      set(iq, element, "from", from.toString());
      set(iq, element, "id", id == null || id.isEmpty() ? ids.next() : id);
      return iq.build();
    }
    if (type.equals("result") && payloads > 1) {
      throw SuppliedStanza.bad("an iq of type 'result' has at most one payload");
    }
    if (request == null) {
      throw SuppliedStanza.bad("an iq of type '" + type + "' answers an iq request: this was none");
    }
    boolean error = type.equals("error");
    if (error && element.child(Namespaces.COMPONENT, "error") == null) {
      iq.child(undefined(""));
    }
    set(iq, element, "to", request.from().toString());
    set(iq, element, "from", request.to().toString());
    set(iq, element, "id", request.id());
    return iq.build();
  }

  /** An attribute that is right already keeps its place, because a stanza is sent as supplied. */
  private static void set(
      XmlElement.Builder stanza, XmlElement supplied, String name, @Nullable String value) {
    if (!Objects.equals(supplied.attribute(name), value)) {
      stanza.attribute(name, value);
    }
  }

  /** Only a whole stanza can name a condition. This one has the webhook's text. */
  private static XmlElement error(ReplyObject reply) {
    return undefined(reply.body() == null ? "" : reply.body());
  }

  private static XmlElement undefined(String text) {
    return ErrorCondition.UNDEFINED_CONDITION.error(text).toElement();
  }

  private static RefusedReplyException invalid(String detail) {
    return new RefusedReplyException(Reason.INVALID, detail);
  }

  private static RefusedReplyException invalid(String detail, String value) {
    return invalid(detail.formatted(Quoted.of(value)));
  }
}
