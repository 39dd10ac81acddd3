package io.stanzahook.app.http;

import io.stanzahook.Gateway;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The gateways of the process, as whoever asks for one sees them. Safe for use by any thread. */
public interface Gateways {
  /** None: nothing runs. */
  Gateways NONE =
      new Gateways() {
        @Override
        public List<String> domains() {
          return List.of();
        }

        @Override
        public @Nullable Gateway find(String domain) {
          return null;
        }
      };

  /** The domains of all components, in the order of their settings. */
  List<String> domains();

  /** The gateway of a component; null where there is none, or it does not run now. */
  @Nullable Gateway find(String domain);
}
