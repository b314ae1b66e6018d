#!/bin/sh
# Install what some tests need from the system: LibreOffice writes real documents, ripgrep is the
# measure of speed, readpst and tnef the second readers of Outlook's files, Dovecot a
# mail server, Samba a file server, D-Bus a session and Chromium a browser that the tests start and
# stop themselves, systemd looks at units. Without root it says what is missing; those tests then
# skip with a line.
# mail server, Samba a file server, D-Bus a session and Chromium a browser that the tests start and stop
# themselves, systemd looks at units. Without root it says what is missing; those tests then skip with a line.
missing=""
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-calc-nogui libreoffice-writer-nogui libreoffice-impress-nogui"
command -v rg >/dev/null 2>&1 || missing="$missing ripgrep"
command -v readpst >/dev/null 2>&1 || missing="$missing pst-utils"
command -v tnef >/dev/null 2>&1 || missing="$missing tnef"
command -v dovecot >/dev/null 2>&1 || missing="$missing dovecot-imapd"
command -v smbd >/dev/null 2>&1 || missing="$missing samba"
[ -e /usr/lib/*/samba/vfs/streams_xattr.so ] 2>/dev/null || missing="$missing samba-vfs-modules"
command -v smbclient >/dev/null 2>&1 || missing="$missing smbclient"
command -v dbus-daemon >/dev/null 2>&1 || missing="$missing dbus"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ -x /usr/sbin/sshd ] || missing="$missing openssh-server"
command -v systemd-analyze >/dev/null 2>&1 || missing="$missing systemd"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing:$missing"
    # a server that starts by itself as it is installed is no business of the tests
    guard=/usr/sbin/policy-rc.d
    [ -e "$guard" ] || { printf '#!/bin/sh\nexit 101\n' > "$guard" && chmod 755 "$guard" && trap 'rm -f "$guard"' EXIT; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit $?
fi
echo "not installed:$missing"
echo "the tests that need them skip; to run them: sudo apt-get install --no-install-recommends$missing"
