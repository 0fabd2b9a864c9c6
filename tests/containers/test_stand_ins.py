"""Every image that the files name has a stand-in, and pip in it reaches this machine's index."""

import pytest

from tests.containers.stand_ins import NoStandIn, named_images, pip_settings, stages


def test_every_image_that_the_files_name_has_a_stand_in() -> None:
    named = named_images()
    assert {name.partition(":")[0] for name in named} >= {"python", "haproxy", "postgres"}
    assert stages(named).keys() == named


def test_an_image_without_a_stand_in_is_named() -> None:
    with pytest.raises(NoStandIn, match="example/unheard-of:1"):
        stages(["haproxy:3.0-alpine", "example/unheard-of:1"])


def test_pip_asks_the_same_index_and_trusts_the_copied_authorities() -> None:
    listed = """\
:env:.timeout='180'
global.cert='/home/somebody/authorities.pem'
global.find-links='/opt/wheels'
global.index-url='https://packages.example/simple'
"""
    assert pip_settings(listed) == (
        "[global]\n"
        "index-url = https://packages.example/simple\n"
        "timeout = 180\n"
        "cert = /etc/ssl/certs/ca-certificates.crt\n"
    )
