from tests.notifications.conftest import free_port, mailbox

__all__ = ["free_port", "mailbox"]
