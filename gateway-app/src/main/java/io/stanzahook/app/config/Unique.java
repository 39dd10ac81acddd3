package io.stanzahook.app.config;

import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.Jid;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Sees to it that no two components have one domain or one spool. */
final class Unique {
  private final Problems problems;
  private final Set<String> domains = new HashSet<>();
  private final Map<Path, String> domainsByFolder = new HashMap<>();

  Unique(Problems problems) {
    this.problems = problems;
  }

  /** Adds one, and notes what another has already. */
  void add(ComponentValues component) {
    String domain = component.domain();
    if (domain == null) {
      return;
    }
    if (!domains.add(Jid.comparableDomain(domain))) {
      problems.add(component.where() + "component: another entry has the domain " + domain);
      return;
    }
    SpoolSettings spool;
    try {
      spool = component.spool();
    } catch (InvalidPathException e) {
      problems.add(
          component.where()
              + "spool: the domain cannot be the name of a folder in this locale; set"
              + " LC_ALL=C.UTF-8, or name a spool in the entry");
      return;
    }
    if (spool != null) {
      String other = domainsByFolder.putIfAbsent(real(spool.folder()), domain);
      if (other != null) {
        problems.add(
            "%sspool: %s is the folder of %s; give each component one of its own"
                .formatted(component.where(), spool.folder(), other));
      }
    }
  }

  /** The same path for the same folder, as far as can be seen without creating it. */
  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException notThere) {
      return folder.toAbsolutePath().normalize();
    }
  }
}
