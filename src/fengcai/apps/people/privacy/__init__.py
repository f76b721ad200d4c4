"""Personal information: the notice, separate consents, copies, and requests (个人信息保护法)."""
