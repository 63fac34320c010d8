"""What the bench image holds. A change here builds it anew."""

RELEASE = "bookworm"
NAME = "bench:latest"
# 2025-01-01: every file the build itself writes is this old.
EPOCH = 1735689600

DEBIAN = """
    build-essential ca-certificates curl git gnupg imagemagick jq nginx nodejs openjdk-17-jre-headless openssh-server
    perl php-cli postgresql-client python3 python3-pip redis-server restic rsync ruby sqlite3 vim wget
    libcommons-fileupload-java libhibernate-validator-java libjackson2-databind-java liblog4j2-java libnetty-java
    libspring-jms-java libspring-orm-java libspring-web-java libtomcat9-java maven
""".split()

NPM = """
    @aws-sdk/client-s3@3.400.0 axios@0.21.1 eslint@8.36.0 express@4.17.1 jest@29.5.0 lodash@4.17.20
    react-scripts@5.0.1 typescript@5.0.4 vite@4.3.9 webpack@5.75.0 webpack-cli@5.0.1
""".split()

PYPI = """
    boto3==1.28.0 celery==5.3.1 cryptography==41.0.1 django==4.2.1 flask==2.2.2 jinja2==3.1.2 lxml==4.9.3
    numpy==1.26.4 pandas==2.1.4 pillow==9.5.0 requests==2.28.1 sqlalchemy==2.0.19
""".split()

# The Python whose wheels are taken: the release's own.
PYTHON = "3.11"
APP = "srv/app"
SITE = f"usr/local/lib/python{PYTHON}/dist-packages"

# One line of build history for each layer, the lowest first.
HISTORY = [
    f"mmdebstrap --variant=minbase {RELEASE}",
    f"apt-get install -y {' '.join(DEBIAN)}",
    f"npm install {' '.join(NPM)}",
    f"pip install {' '.join(PYPI)}",
]
