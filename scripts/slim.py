"""Makes a jar smaller without a change to what the program in it does. For scripts/package.

Left out are:
  - classes of libraries whose names stand nowhere: in no class that is kept, no native code, no list of the providers of a
    service that is kept. A name in a string counts, since the class may be loaded by it. The search begins with our own classes,
    and with those that users may name.
  - tables in libraries' classes that only debuggers and compilers read: the names of local variables, and annotations that the
    JVM ignores (JVMS 4.7).
  - the numbers of lines in stack traces, but for our own, Netty's and Reactor's. The others fail with a message that tells what
    is wrong, or in a class that says enough.
"""

import re
import struct
import zipfile

OWN = "io/stanzahook/"
# Where users' files name classes: Logback's own configuration, and the properties of --cluster-properties.
NAMED_BY_USERS = ("ch/qos/logback/", "org/apache/kafka/common/security/")
WITH_LINES = (OWN, "io/netty/", "reactor/")
DATE = (1980, 2, 1, 0, 0, 0)
SERVICES = "META-INF/services/"
VERSIONED = re.compile(r"META-INF/versions/\d+/")
# Lists of what is in the jar name classes that nothing else names.
NOT_READ = re.compile(r"META-INF/(sbom/|LICENSE|NOTICE|DEPENDENCIES)|.*\.(md|html|css|js|yaml|json|txt)$")
NAME = re.compile(rb"[A-Za-z_$][\w$]*(?:[./][A-Za-z_$][\w$]*)+")
FOR_DEBUGGERS = {b"LocalVariableTable", b"LocalVariableTypeTable", b"RuntimeInvisibleAnnotations",
                 b"RuntimeInvisibleParameterAnnotations", b"RuntimeInvisibleTypeAnnotations"}
LINES = {b"LineNumberTable"}
# What these attributes name needs no search: nothing, entries of the pool that stay anyway, or code.
NAMELESS = {b"StackMapTable", b"LineNumberTable", b"ConstantValue", b"Exceptions", b"BootstrapMethods", b"NestHost", b"NestMembers",
            b"PermittedSubclasses", b"EnclosingMethod", b"Deprecated", b"Synthetic", b"SourceDebugExtension"}
UTF8, INTEGER, FLOAT, LONG, DOUBLE, CLASS, STRING, NAME_AND_TYPE, METHOD_HANDLE, METHOD_TYPE = 1, 3, 4, 5, 6, 7, 8, 12, 15, 16
MODULE, PACKAGE = 19, 20
U2 = struct.Struct(">H").unpack_from
U4 = struct.Struct(">I").unpack_from


class UnknownAttribute(Exception):
    """It might name texts in a way of its own."""


class ClassFile:
    """A class file, as far as must be known to leave something out of it."""

    def __init__(self, data):
        self.data = data
        # Of each entry of the pool that is text: where it begins, and its length.
        self.texts = {}
        # The entries that others name.
        self.used = set()
        position, number, count = 10, 1, self.u2(8)
        while number < count:
            tag = data[position]
            if tag == UTF8:
                length = self.u2(position + 1)
                self.texts[number] = (position + 3, length)
                position += 3 + length
            elif tag in (LONG, DOUBLE):
                position += 9
                number += 1
            elif tag in (CLASS, STRING, METHOD_TYPE, MODULE, PACKAGE):
                self.used.add(self.u2(position + 1))
                position += 3
            elif tag == METHOD_HANDLE:
                position += 4
            else:
                if tag == NAME_AND_TYPE:
                    self.used.update((self.u2(position + 1), self.u2(position + 3)))
                position += 5
            number += 1
        self.end_of_pool = position

    def u2(self, position):
        return U2(self.data, position)[0]

    def u4(self, position):
        return U4(self.data, position)[0]

    def text(self, number):
        begin, length = self.texts[number]
        return self.data[begin:begin + length]

    def names(self):
        """All that could be names of classes, with slashes."""
        found = set()
        for number in self.texts:
            found |= names_in(self.text(number))
        return found

    def without(self, attributes):
        """The same class without these attributes, and without the texts that only they use."""
        data, position = self.data, self.end_of_pool
        interfaces = self.u2(position + 6)
        begin, position = position, position + 8 + 2 * interfaces
        rest = [data[begin:position]]
        for _ in ("fields", "methods"):
            rest.append(data[position:position + 2])
            count, position = self.u2(position), position + 2
            for _ in range(count):
                self.used.update((self.u2(position + 2), self.u2(position + 4)))
                kept, end = self.kept(position + 6, attributes)
                rest += [data[position:position + 6], kept]
                position = end
        kept, position = self.kept(position, attributes)
        rest.append(kept)
        if position != len(data):
            raise ValueError("there is more behind the class")
        pool, position = [], 0
        for number, (begin, length) in sorted(self.texts.items()):
            if number not in self.used:
                # Its place must stay: the entries are counted.
                pool += [data[position:begin - 2], b"\0\0"]
                position = begin + length
        pool.append(data[position:self.end_of_pool])
        return b"".join(pool + rest)

    def kept(self, position, attributes):
        """The list of attributes that begins there, without some; and where it ends."""
        data, kept = self.data, []
        count, position = self.u2(position), position + 2
        for _ in range(count):
            number, begin = self.u2(position), position + 6
            position = begin + self.u4(position + 2)
            name = self.text(number)
            if name in attributes:
                continue
            self.used.add(number)
            content = data[begin:position]
            if name == b"Code":
                at = begin + 8 + self.u4(begin + 4)
                at += 2 + 8 * self.u2(at)
                content = data[begin:at] + self.kept(at, attributes)[0]
            elif name == b"Record":
                content, at = data[begin:begin + 2], begin + 2
                for _ in range(self.u2(begin)):
                    self.used.update((self.u2(at), self.u2(at + 2)))
                    inner, end = self.kept(at + 4, attributes)
                    content += data[at:at + 4] + inner
                    at = end
            elif name in (b"Signature", b"SourceFile"):
                self.used.add(self.u2(begin))
            elif name == b"InnerClasses":
                self.used.update(self.u2(begin + 2 + 8 * each + 4) for each in range(self.u2(begin)))
            elif name == b"MethodParameters":
                self.used.update(self.u2(begin + 1 + 4 * each) for each in range(data[begin]))
            elif name == b"RuntimeVisibleAnnotations":
                self.repeat(self.u2(begin), self.annotation, begin + 2)
            elif name == b"RuntimeVisibleTypeAnnotations":
                self.repeat(self.u2(begin), self.type_annotation, begin + 2)
            elif name == b"RuntimeVisibleParameterAnnotations":
                self.repeat(data[begin], lambda at: self.repeat(self.u2(at), self.annotation, at + 2), begin + 1)
            elif name == b"AnnotationDefault":
                self.value(begin)
            elif name not in NAMELESS:
                raise UnknownAttribute(name)
            kept.append(struct.pack(">HI", number, len(content)) + content)
        return struct.pack(">H", len(kept)) + b"".join(kept), position

    @staticmethod
    def repeat(times, what, position):
        for _ in range(times):
            position = what(position)
        return position

    def annotation(self, position):
        self.used.add(self.u2(position))
        return self.repeat(self.u2(position + 2), self.pair, position + 4)

    def pair(self, position):
        self.used.add(self.u2(position))
        return self.value(position + 2)

    def value(self, position):
        tag, position = chr(self.data[position]), position + 1
        if tag == "@":
            return self.annotation(position)
        if tag == "[":
            return self.repeat(self.u2(position), self.value, position + 2)
        if tag == "e":
            self.used.update((self.u2(position), self.u2(position + 2)))
            return position + 4
        # Numbers name entries that are no text: to count them as used does no harm.
        self.used.add(self.u2(position))
        return position + 2

    def type_annotation(self, position):
        target, position = self.data[position], position + 1
        if target in (0x00, 0x01, 0x16):
            position += 1
        elif target in (0x40, 0x41):
            position += 2 + 6 * self.u2(position)
        elif 0x47 <= target <= 0x4B:
            position += 3
        elif not 0x13 <= target <= 0x15:
            position += 2
        return self.annotation(position + 1 + 2 * self.data[position])


def for_the_jvm(data, with_lines):
    """A class without what the JVM does not read; as it is, if it has attributes of somebody else's."""
    try:
        return ClassFile(data).without(FOR_DEBUGGERS if with_lines else FOR_DEBUGGERS | LINES)
    except UnknownAttribute:
        return data


def names_in(text):
    """All in it that could be a name of a class, with slashes. A descriptor has an L in front of each."""
    found = set()
    for name in NAME.findall(text):
        name = name.replace(b".", b"/").decode("latin-1")
        found.update((name, name[1:]))
    return found


def class_name(entry):
    """Of an entry of a jar, if it is a class; one for newer Javas has the name of what it replaces."""
    return VERSIONED.sub("", entry).removesuffix(".class") if entry.endswith(".class") else None


def reached(classes, services, others):
    """The classes that the program may load: ours, what users may name, all that these name, and so on.

    classes: for each name, the contents of its class files; services: for each name, the list of its providers; others: the
    contents of what is neither
    """
    todo = {name for name in classes if name.startswith((OWN, *NAMED_BY_USERS))}
    todo.update(*(names_in(content) & classes.keys() for content in others))
    # Those of Java itself are loaded by Java itself.
    todo.update(*(names_in(content) & classes.keys() for name, content in services.items() if name not in classes))
    seen = set()
    while todo:
        name = todo.pop()
        seen.add(name)
        named = set().union(*(ClassFile(data).names() for data in classes[name]), names_in(services.get(name, b"")))
        todo |= (named & classes.keys()) - seen
    return seen


def slim(source, target, keep):
    """Copies a jar, without what can be left out.

    keep: which entries are wanted, by name
    """
    with zipfile.ZipFile(source) as jar:
        entries = {info.filename: jar.read(info) for info in jar.infolist() if not info.is_dir() and keep(info.filename)}
    classes, services, others = {}, {}, []
    for entry, data in entries.items():
        name = class_name(entry)
        if name:
            if not name.startswith(OWN):
                entries[entry] = data = for_the_jvm(data, name.startswith(WITH_LINES))
            classes.setdefault(name, []).append(data)
        elif entry.startswith(SERVICES):
            services[entry.removeprefix(SERVICES).replace(".", "/")] = data
        elif not NOT_READ.match(entry):
            others.append(data)
    wanted = reached(classes, services, others)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as jar:
        for entry, data in entries.items():
            name = class_name(entry) or entry.removeprefix(SERVICES).replace(".", "/")
            if name in classes and name not in wanted:
                continue
            copy = zipfile.ZipInfo(entry, DATE)
            copy.compress_type = zipfile.ZIP_DEFLATED
            copy.external_attr = 0o644 << 16
            jar.writestr(copy, data)
