from runtime.secrets import derive_key


def test_each_purpose_and_each_secret_has_a_key_of_its_own() -> None:
    keys = {derive_key(secret, purpose) for secret in ("a" * 32, "b" * 32) for purpose in ("manage", "hold")}
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)


def test_a_key_is_the_same_tomorrow() -> None:
    assert derive_key("a" * 32, "manage").hex() == derive_key("a" * 32, "manage").hex()
