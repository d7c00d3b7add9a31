#!/usr/bin/python3
"""Lints proto/filterd/v1/filter.proto; one TAP line per rule, violations as comments above it.

Needs protoc and python3-protobuf. The C copy is derived as the Makefile does, by the Makefile's own sed expression.
"""

import os
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROTO = os.path.join(TOP, "proto/filterd/v1/filter.proto")
PACKAGE = "filterd.v1"
MAX_DEPTH = 4

FIELD = descriptor_pb2.FieldDescriptorProto
FILE = descriptor_pb2.FileDescriptorProto
# Field numbers of descriptor.proto, of which paths in the source info are made.
IN_FILE_MESSAGE, IN_FILE_ENUM, IN_FILE_SERVICE = 4, 5, 6
IN_MESSAGE_FIELD, IN_MESSAGE_NESTED, IN_MESSAGE_ENUM = 2, 3, 4
IN_ENUM_VALUE, IN_SERVICE_METHOD = 2, 2


def load(text):
    """The descriptor of a file with this text, with its comments."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "filter.proto"), "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run(["protoc", f"--proto_path={folder}", "--include_source_info",
                        f"--descriptor_set_out={folder}/set", "filter.proto"], check=True)
        with open(os.path.join(folder, "set"), "rb") as file:
            return descriptor_pb2.FileDescriptorSet.FromString(file.read()).file[0]


def c_copy(text):
    with open(os.path.join(TOP, "Makefile"), encoding="utf-8") as file:
        expression = re.search(r"sed -E '([^']+)' \$< > \$\(@D\)/filter\.proto", file.read())
    if not expression:
        raise SystemExit("the Makefile derives no C copy any more")
    sed = ["sed", "-E", expression.group(1)]
    return subprocess.run(sed, input=text, text=True, capture_output=True, check=True).stdout


def parts(file):
    """Everything that has a name: (path in the source info, name)."""
    for i, enum in enumerate(file.enum_type):
        yield [IN_FILE_ENUM, i], enum.name
        for j, value in enumerate(enum.value):
            yield [IN_FILE_ENUM, i, IN_ENUM_VALUE, j], f"{enum.name}.{value.name}"
    for i, message in enumerate(file.message_type):
        yield [IN_FILE_MESSAGE, i], message.name
        for j, field in enumerate(message.field):
            yield [IN_FILE_MESSAGE, i, IN_MESSAGE_FIELD, j], f"{message.name}.{field.name}"
    for i, service in enumerate(file.service):
        yield [IN_FILE_SERVICE, i], service.name
        for j, method in enumerate(service.method):
            yield [IN_FILE_SERVICE, i, IN_SERVICE_METHOD, j], f"{service.name}.{method.name}"


def fields(file):
    for message in file.message_type:
        for field in message.field:
            yield message, field


# --- rules: each yields its violations ------------------------------------------------------------------------------


def package_is_named(file):
    if file.package != PACKAGE or file.syntax != "proto3":
        yield f"{file.syntax} package {file.package}"


def everything_has_a_comment(file):
    comments = {tuple(place.path): place.leading_comments.strip() for place in file.source_code_info.location}
    for path, name in parts(file):
        if not comments.get(tuple(path)):
            yield name


def enums_start_unspecified_and_prefix_their_values(file):
    for enum in file.enum_type:
        prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
        if enum.value[0].number != 0 or enum.value[0].name != prefix + "UNSPECIFIED":
            yield f"{enum.name}: {enum.value[0].name} = {enum.value[0].number}"
        for value in enum.value:
            if not re.fullmatch(re.escape(prefix) + r"[A-Z][A-Z0-9_]*", value.name):
                yield f"{enum.name}.{value.name}"


def names_follow_their_kind(file):
    for message, field in fields(file):
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", field.name):
            yield f"{message.name}.{field.name}"
    for kind in [*file.message_type, *file.enum_type, *file.service]:
        if not re.fullmatch(r"([A-Z][a-z0-9]+)+", kind.name):
            yield kind.name


def numbers_have_no_holes(file):
    for message in file.message_type:
        if sorted(field.number for field in message.field) != list(range(1, len(message.field) + 1)):
            yield message.name
    for enum in file.enum_type:
        if [value.number for value in enum.value] != list(range(len(enum.value))):
            yield enum.name


def nothing_is_optional_nested_or_imported(file):
    for message, field in fields(file):
        if field.proto3_optional or field.HasField("oneof_index"):
            yield f"{message.name}.{field.name}"
    for message in file.message_type:
        if message.nested_type or message.enum_type:
            yield message.name
    yield from file.dependency


def no_text_is_bytes_for_clients(file):
    for message, field in fields(file):
        if field.type in (FIELD.TYPE_BYTES, FIELD.TYPE_GROUP):
            yield f"{message.name}.{field.name}"


def nesting_is_bounded(file):
    below = {f".{file.package}.{m.name}": [f.type_name for f in m.field if f.type == FIELD.TYPE_MESSAGE]
             for m in file.message_type}

    def deepest(name, above):
        if name in above:
            raise RecursionError(" > ".join([*above, name]))
        return 1 + max((deepest(child, [*above, name]) for child in below.get(name, [])), default=0)

    for name in below:
        try:
            depth = deepest(name, [])
            if depth > MAX_DEPTH:
                yield f"{name}: {depth} levels"
        except RecursionError as error:
            yield f"recursive: {error}"


def c_copy_differs_in_strings_alone(file):
    with open(PROTO, encoding="utf-8") as source:
        copy = load(c_copy(source.read()))
    for message, field in fields(copy):
        if field.type == FIELD.TYPE_STRING:
            yield f"still a string in C: {message.name}.{field.name}"
    expected = FILE()
    expected.CopyFrom(file)
    for _, field in fields(expected):
        if field.type == FIELD.TYPE_STRING:
            field.type = FIELD.TYPE_BYTES
    for descriptor in (expected, copy):
        descriptor.ClearField("source_code_info")
    if expected != copy:
        yield "the C copy differs in more than string and bytes"


RULES = [package_is_named, everything_has_a_comment, enums_start_unspecified_and_prefix_their_values,
         names_follow_their_kind, numbers_have_no_holes, nothing_is_optional_nested_or_imported,
         no_text_is_bytes_for_clients, nesting_is_bounded, c_copy_differs_in_strings_alone]


def main():
    with open(PROTO, encoding="utf-8") as source:
        file = load(source.read())
    failed = 0
    print(f"1..{len(RULES)}")
    for number, rule in enumerate(RULES, 1):
        violations = list(rule(file))
        for violation in violations:
            print(f"# {violation}")
        print(f"{'not ok' if violations else 'ok'} {number} - proto: {rule.__name__.replace('_', ' ')}")
        failed += bool(violations)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
