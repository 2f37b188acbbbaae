"""The forms of a page: what they ask for, and what is sent when they are filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ._address import absolute

_SHOWN_OPTIONS = 12
_BUTTONS = {"submit", "image", "button", "reset"}


@dataclass
class Control:
    """One field of a form.

    Attributes:
        name: Its name, as it is sent.
        kind: `text`, `checkbox`, `radio`, `choice`, `hidden`, `submit`, ...
        label: What a reader of the page sees beside it.
        value: What is sent when nobody changes it; of a checkbox or radio: when it is ticked.
        ticked: Of a checkbox or radio: it is.
        options: Of a choice: value to label.
    """

    name: str
    kind: str
    label: str = ""
    value: str = ""
    ticked: bool = False
    options: dict[str, str] = field(default_factory=dict)

    def told(self) -> str:
        """The field in a few words."""
        if self.options:
            shown = [f"{value!r}" for value in list(self.options)[:_SHOWN_OPTIONS]]
            more = len(self.options) - len(shown)
            kind = f"one of {', '.join(shown)}" + (f" and {more} more" if more else "")
        else:
            kind = self.kind if self.kind != "radio" else f"radio {self.value!r}"
        label = f" {self.label!r}" if self.label and self.label != self.name else ""
        return f"{self.name} ({kind}{label})"


@dataclass
class Form:
    """One form.

    Attributes:
        method: `GET` or `POST`.
        address: Where it is sent to; empty where it cannot be.
        controls: Its fields in their order.
        multipart: It wants files, which are not sent.
    """

    method: str
    address: str
    controls: list[Control]
    multipart: bool = False

    def told(self) -> str:
        """The form on one line, as a page shows it."""
        shown = [one.told() for one in self.controls if one.kind not in {"hidden", *_BUTTONS}]
        return ", ".join(shown) or "a button alone"

    def filled(self, fields: Mapping[str, str]) -> list[tuple[str, str]]:
        """What is sent: names and values in the form's order.

        Args:
            fields: By name or label of a field its value; of a checkbox its own value or `on` to
                tick it, empty to clear it. What is not named stays as it is.

        Raises:
            KeyError: The form has no such field.
            ValueError: A choice has no such option.
        """
        given = self.named(fields)
        sent: list[tuple[str, str]] = []
        for control in self.controls:
            if control.kind in _BUTTONS or control.kind == "file":
                continue
            wanted = given.get(control.name)
            if control.kind in ("checkbox", "radio"):
                chosen = wanted == control.value if wanted is not None else control.ticked
                value = control.value if chosen else None
            else:
                value = control.value if wanted is None else wanted
            if value is not None:
                sent.append((control.name, value))
        return sent

    def named(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The same fields by their names, and choices by their values.

        Raises:
            KeyError: The form has no such field.
            ValueError: A choice has no such option.
        """
        found = {}
        for key, value in fields.items():
            control = self._control(key)
            found[control.name] = _option(control, value)
        return found

    def _control(self, key: str) -> Control:
        by_name = [one for one in self.controls if one.name == key]
        by_label = [one for one in self.controls if one.label.lower() == key.strip().lower()]
        for control in [*by_name, *by_label]:
            return control
        names = sorted({one.name for one in self.controls if one.kind not in _BUTTONS})
        raise KeyError(f"the form has no field {key!r}; it has {', '.join(names) or 'none'}")


def form_of(element: Any, base: str) -> Form:
    """The form of a `form` element."""
    labels = {
        label.get("for"): " ".join(label.text_content().split())[:80]
        for label in element.iter("label")
    }
    return Form(
        method="POST" if (element.get("method") or "").strip().lower() == "post" else "GET",
        address=absolute(base, element.get("action") or base),
        controls=list(_controls(element, labels)),
        multipart="multipart" in (element.get("enctype") or ""),
    )


def _controls(form: Any, labels: Mapping[str | None, str]) -> Iterator[Control]:
    for one in form.iter("input", "select", "textarea", "button"):
        name = one.get("name")
        if not name or "disabled" in one.attrib:
            continue
        told = labels.get(one.get("id")) or one.get("aria-label") or one.get("placeholder") or ""
        label = " ".join(told.split())
        if one.tag == "select":
            yield _choice(one, name, label)
        elif one.tag == "textarea":
            yield Control(name, "text", label, one.text or "")
        else:
            kind = (one.get("type") or ("submit" if one.tag == "button" else "text")).lower()
            tick = kind in ("checkbox", "radio")
            value = one.get("value") or ("on" if tick else "")
            yield Control(name, kind, label, value, ticked="checked" in one.attrib)


def _choice(select: Any, name: str, label: str) -> Control:
    options: dict[str, str] = {}
    chosen = None
    for option in select.iter("option"):
        text = " ".join((option.text or "").split())
        value = option.get("value", text)
        options.setdefault(value, text)
        if "selected" in option.attrib:
            chosen = value
    value = chosen if chosen is not None else next(iter(options), "")
    return Control(name, "choice", label, value, options=options)


def _option(control: Control, wanted: str) -> str:
    """The value of a choice's option, given by value or by label; of what is ticked its own."""
    if control.kind in ("checkbox", "radio") and wanted == "on":
        return control.value
    if not control.options or wanted in control.options:
        return wanted
    for value, label in control.options.items():
        if label.lower() == wanted.strip().lower():
            return value
    raise ValueError(f"{control.name} has no option {wanted!r}; it has {list(control.options)}")
