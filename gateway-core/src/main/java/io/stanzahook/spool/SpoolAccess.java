package io.stanzahook.spool;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a spool private to its owner: 0700 for the folder and 0600 for each file, whatever the
 * umask is and whatever they were before. The spool contains people's messages, and whoever can
 * read SQLite's files can also lock them.
 *
 * <p>Files of other users are refused, and so are links among the files, because their creator
 * decides what is written. The folder itself may be a link of this user or root. If a file system
 * has no owners and permissions, nothing is done.
 */
public final class SpoolAccess {
  private static final Set<PosixFilePermission> FOLDER =
      Set.copyOf(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> FILE =
      Set.copyOf(PosixFilePermissions.fromString("rw-------"));

  private static final List<PosixFilePermission> FOR_OWNER =
      List.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private static final int OWNER_READ = 0400;
  private static final int FOR_OTHERS = 077;
  private static final int WRITABLE_BY_OTHERS = 022;
  private static final int WRITABLE_BY_ALL = 002;
  private static final int PERMISSIONS = 0777;

  private static final int ROOT = 0;

  /** What a file system has in its root, and nobody put there. */
  private static final String LOST = "lost+found";

  /** Other files that are looked at before it is clear that there are some. */
  private static final int MAX_LOOKED_AT = 100_000;

  private final Path folder;
  private final int me;
  private final Status status;
  private final List<Path> own = new ArrayList<>();
  private @Nullable Path foreign;

  /**
   * What the system says of a file.
   *
   * @param mode its permissions and type
   * @param links how many names it has
   */
  private record Status(int mode, int owner, int links, boolean link, boolean file, String who) {
    static Status of(Path path) throws IOException {
      return new Status(
          (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS),
          (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS),
          (int) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS),
          Files.isSymbolicLink(path),
          Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS),
          Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName());
    }

    boolean has(int bits) {
      return (mode & bits) != 0;
    }

    /** The same, as far as they are the owner's. */
    Set<PosixFilePermission> ofOwner() {
      Set<PosixFilePermission> kept = EnumSet.copyOf(FOLDER);
      kept.removeIf(each -> (mode & (OWNER_READ >> FOR_OWNER.indexOf(each))) == 0);
      return kept;
    }

    String permissions() {
      return "%04o".formatted(mode & PERMISSIONS);
    }
  }

  private SpoolAccess(Path folder, int me) throws IOException {
    this.folder = folder;
    this.me = me;
    this.status = Status.of(folder);
  }

  private static boolean isSupported() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
  }

  /** Creates the folder, and those above it, where they are missing: for this user alone. */
  static void createFolder(Path folder) throws IOException {
    if (!isSupported()) {
      Files.createDirectories(folder);
      return;
    }
    boolean missing = !Files.exists(folder);
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
    if (missing) {
      // The umask may have taken away what this user needs.
      Files.setPosixFilePermissions(folder, FOLDER);
    }
  }

  /**
   * Creates a file where it is missing: for this user alone, as those that SQLite puts beside it.
   */
  static void createFile(Path file) throws IOException {
    try {
      Files.createFile(file, attributes());
      if (isSupported()) {
        Files.setPosixFilePermissions(file, FILE);
      }
    } catch (FileAlreadyExistsException e) {
      // It was looked at when the folder was opened.
    }
  }

  /** What a file of the spool is created with. */
  static FileAttribute<?>[] attributes() {
    return isSupported()
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE)}
        : new FileAttribute<?>[0];
  }

  /**
   * What {@link DiskSpool#open} would do about the permissions of an existing folder. Changes
   * nothing.
   *
   * @return empty if all is well
   * @throws SpoolException if it would refuse the folder or one of its files
   */
  public static List<String> look(Path folder) {
    return go(folder, false);
  }

  /**
   * Closes the folder and its files to others.
   *
   * @return what was changed or could not be changed, one line each
   * @throws SpoolException if the folder or one of its files is somebody else's, or a link
   */
  static List<String> close(Path folder) {
    return go(folder, true);
  }

  private static List<String> go(Path folder, boolean changing) {
    if (!isSupported()) {
      return List.of();
    }
    try {
      int me = me();
      SpoolAccess access = new SpoolAccess(real(folder, me), me);
      return access.all(changing);
    } catch (IOException e) {
      throw new SpoolException(
          "the spool's folder " + folder + " cannot be read: " + SpoolFolder.reason(e), e);
    }
  }

  /** This process's user, as the system numbers them. */
  private static int me() throws IOException {
    Path process = Path.of("/proc/self");
    if (Files.exists(process)) {
      return (int) Files.getAttribute(process, "unix:uid");
    }
    Path probe = Files.createTempFile("stanzahook", null);
    try {
      return (int) Files.getAttribute(probe, "unix:uid");
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  private static Path real(Path folder, int me) throws IOException {
    Status status = Status.of(folder);
    if (!status.link()) {
      return folder;
    }
    if (status.owner() != me && status.owner() != ROOT) {
      throw new SpoolException(
          ("the spool's folder %s is a symbolic link of the user %s, who could redirect "
                  + "it; name the folder itself")
              .formatted(folder, status.who()));
    }
    return folder.toRealPath();
  }

  private List<String> all(boolean changing) throws IOException {
    List<String> told = new ArrayList<>();
    checkOwner();
    boolean planted = status.has(WRITABLE_BY_OTHERS);
    list();
    for (Path file : own) {
      checked(file, planted);
    }
    closeFolder(changing, told);
    // Once more, now that nobody can put anything there.
    list();
    int open = 0;
    Path first = folder;
    for (Path file : own) {
      Status of = checked(file, planted);
      if (of.has(FOR_OTHERS)) {
        if (open++ == 0) {
          first = file;
        }
        if (changing) {
          Files.setPosixFilePermissions(file, of.ofOwner());
          if (Status.of(file).has(FOR_OTHERS)) {
            told.add(notClosed(file));
          }
        }
      }
    }
    if (open > 0) {
      told.add(
          "%s%s %s open to other users of this machine; %s closed to them (0600)"
              .formatted(
                  first,
                  open == 1 ? "" : " and %d more files of the spool".formatted(open - 1),
                  verb(changing, open == 1),
                  changing ? "now" : "run leaves it"));
    }
    return told;
  }

  private static String verb(boolean past, boolean one) {
    if (past) {
      return one ? "was" : "were";
    }
    return one ? "is" : "are";
  }

  private void checkOwner() {
    if (!Files.isDirectory(folder)) {
      throw new SpoolException("the spool " + folder + " is not a folder; name another one");
    }
    // What root owns and lets our group write to is what orchestrators mount.
    if (status.owner() != me && (status.owner() != ROOT || status.has(WRITABLE_BY_ALL))) {
      throw new SpoolException(
          ("the spool's folder %s belongs to the user %s, who could read and replace what is in it;"
                  + " 'chown' it to the user that runs the gateway, or name a folder inside it,"
                  + " which is then created")
              .formatted(folder, status.who()));
    }
  }

  private void list() throws IOException {
    own.clear();
    int looked = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (SpoolFolder.isOwn(name)) {
          own.add(entry);
        } else if (!name.equals(LOST)) {
          foreign = entry;
        }
        if (++looked > MAX_LOOKED_AT) {
          break;
        }
      }
    }
  }

  private void closeFolder(boolean changing, List<String> told) throws IOException {
    if (!status.has(FOR_OTHERS)) {
      return;
    }
    if (status.owner() != me) {
      told.add(
          "the spool's folder %s belongs to root, and its group may write to it (%s); a folder inside it would be the gateway's alone"
              .formatted(folder, status.permissions()));
      return;
    }
    if (foreign != null && !Files.exists(folder.resolve(SpoolFile.NAME))) {
      if (status.has(WRITABLE_BY_OTHERS)) {
        throw new SpoolException(
            ("other users can write to the spool's folder %s (%s), which contains other "
                    + "files (%s); name a folder for the spool alone, or 'chmod 700' this one")
                .formatted(folder, status.permissions(), foreign.getFileName()));
      }
      told.add(
          ("the folder %s contains other files (%s), so it is left open to other users "
                  + "(%s), who can read the names in it; a folder for the spool alone is better")
              .formatted(folder, foreign.getFileName(), status.permissions()));
      return;
    }
    if (changing) {
      Files.setPosixFilePermissions(folder, status.ofOwner());
      if (Status.of(folder).has(FOR_OTHERS)) {
        told.add(notClosed(folder));
        return;
      }
    }
    told.add(
        "the spool's folder %s %s open to other users of this machine (%s); %s closed to them (0700)"
            .formatted(
                folder,
                verb(changing, true),
                status.permissions(),
                changing ? "now" : "run leaves it"));
  }

  private static String notClosed(Path path) {
    return ("%s stays open to other users of this machine: its file system does not "
            + "support permissions; put the spool on another one")
        .formatted(path);
  }

  private Status checked(Path file, boolean planted) throws IOException {
    Status of = Status.of(file);
    if (of.link()) {
      throw new SpoolException(
          "the spool's file %s is a symbolic link, which the spool does not follow; remove it, or put the file itself there"
              .formatted(file));
    }
    if (!of.file()) {
      throw new SpoolException(
          "%s has the name of a file of the spool, but is not a file; move it away"
              .formatted(file));
    }
    if (of.owner() != me) {
      throw new SpoolException(
          "the spool's file %s belongs to the user %s; 'chown' it to the user that runs the gateway, or move it away"
              .formatted(file, of.who()));
    }
    if (planted && of.links() > 1) {
      throw new SpoolException(
          ("the spool's file %s also has another name (a hard link), and others could "
                  + "write to its folder; replace it by a copy, or move it away")
              .formatted(file));
    }
    return of;
  }
}
