package io.stanzahook.tls;

/**
 * What to do where a server's certificate is refused, as sentences.
 *
 * @param wrongCa it is of none of the CAs that were given
 * @param noCa none were given, and it is of none of the JDK's
 * @param name it is for another name
 */
public record TrustAdvice(String wrongCa, String noCa, String name) {}
